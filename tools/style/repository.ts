import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceFile } from './source-file.js';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const TEXT = /\.(ts|tsx|mts|mjs|cjs|js|json|jsonc|md|ya?ml|toml|sh|sql|conf|env|example|css|html)$|(^|\/)(Dockerfile|run|\.[\w.-]+)$/;

/** Every text file of the repository, tracked or about to be; what git ignores does not exist. */
export function repositoryFiles(): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8', maxBuffer: 1e8 });
  return [...new Set(listed.split('\0'))]
    .filter((path) => path !== '' && TEXT.test(path) && existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}
