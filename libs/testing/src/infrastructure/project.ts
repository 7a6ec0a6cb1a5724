import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this repository: the nearest folder above this file whose package.json is the workspace's. */
export function projectRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && 'workspaces' in (JSON.parse(readFileSync(manifest, 'utf8')) as object)) return folder;
    if (folder === dirname(folder)) throw new Error('no package.json with workspaces above @tidemark/testing');
  }
}

/** Everything that a run leaves on disk lives here: binaries, data directories, secrets, logs. Ignored by git. */
export function stateFolder(): string {
  return join(projectRoot(), '.tidemark');
}
