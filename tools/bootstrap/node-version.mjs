/** Which Node runs what: any Node from 20 on runs this bootstrap; everything behind it runs on the pinned one (.nvmrc). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from './command.mjs';
import { Plain } from './console.mjs';

const MINIMUM = 20;

/** @param {string} [version] such as `v20.1.0` */
export function checkBootstrapNode(version = process.version) {
  if (Number(/^v(\d+)/.exec(version)?.[1]) >= MINIMUM) return;
  throw new Plain(`Node ${MINIMUM} or newer is needed to start; this is ${version}`, ['install a current Node: https://nodejs.org']);
}

/**
 * The pinned Node as the npm package `node` installed it. With `--ignore-scripts` (or scripts not approved) that package
 * is an empty shell and everything would silently run on the machine's own Node: that is said instead.
 * @param {string} root @returns {Promise<string>} the path of the binary
 */
export async function pinnedNode(root) {
  const wanted = readFileSync(join(root, '.nvmrc'), 'utf8').trim();
  const binary = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const said = existsSync(binary) ? await attempt(binary, ['--version']) : { ok: false, output: 'not there' };
  if (said.ok && said.output === `v${wanted}`) return binary;
  if (process.version.split('.')[0] === `v${wanted.split('.')[0]}`) return process.execPath;
  throw new Plain(`Node ${wanted} should be at node_modules/.bin/node, but ${said.ok ? `${said.output} is` : said.output}`, [
    'install scripts must run: check that npm has no ignore-scripts set (npm config get ignore-scripts), then: npm rebuild node',
    `or start with Node ${wanted.split('.')[0]} itself`,
  ]);
}
