import { describe, expect, it } from '@jest/globals';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../style/repository.js';
import { commandsIn, problemOf } from './commands.js';
import type { Known } from './commands.js';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const known: Known = {
  scripts: (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts,
  tidemark: globSync('apps/ops/src/**/*.ts', { cwd: root }).flatMap((path) => [...read(path).matchAll(/\.command\('([\w:-]+)/g)].map(([, name]) => name as string)),
  exists: (path) => existsSync(join(root, path)),
};

describe('the documents', () => {
  const documents = ['README.md', ...globSync('docs/**/*.md', { cwd: root })];

  it.each(documents)('%s names commands that exist', (path) => {
    const problems = commandsIn(path, read(path)).flatMap((command) => {
      const problem = problemOf(command, known);
      return problem ? [`${command.where}: ${command.line}: ${problem}`] : [];
    });
    expect(problems).toEqual([]);
  });

  it('begin with the two commands', () => {
    const lines = commandsIn('README.md', read('README.md')).map(({ line }) => line);
    expect(lines).toEqual(expect.arrayContaining(['npm start', 'npm test']));
  });
});

describe('a command that does not exist', () => {
  const here: Known = { scripts: { start: 'x', bench: 'x' }, tidemark: ['demo'], exists: (path) => path === 'tools/a.mjs' };
  const check = (line: string) => problemOf({ where: 'a.md:1', line }, here);

  it.each(['npm run nothing', 'npm test', 'npx tidemark fly', 'node tools/b.mjs', 'npm start && npm run nothing', './tools/b.sh'])('%s is found', (line) => {
    expect(check(line)).toBeDefined();
  });

  it.each(['npm start', 'PORT=1 npm run bench -- --fast', 'npx tidemark demo --user a', 'npx tidemark --help', 'node tools/a.mjs', 'curl -s localhost:3000/x', 'npm ci'])('%s is left alone', (line) => {
    expect(check(line)).toBeUndefined();
  });

  it('is read from bash blocks only, continued lines joined', () => {
    const text = ['```bash', '# a comment', 'npm run a \\', '  --fast', '```', '```json', 'npm run b', '```'].join('\n');
    expect(commandsIn('a.md', text)).toEqual([{ where: 'a.md:3', line: 'npm run a --fast' }]);
  });
});
