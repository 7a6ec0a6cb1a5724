#!/usr/bin/env node
/**
 * `npx tidemark …` may be started by any Node from 20 on; the product runs on the pinned one. This file hands over to it and
 * says what to do where something is missing. It has no dependency, so that it can speak before anything is installed.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const node = at('../../../node_modules/node/bin/node');
const main = at('../dist/main.js');

if (!existsSync(node) || !existsSync(main)) {
  process.stderr.write('tidemark is not set up yet: run `npm start` (or `npm run setup`) in its folder once, then try again.\n');
  process.exit(1);
}
const child = spawn(node, ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
