/** The README's tour, run as a reader would: its bash blocks, in order, in one shell, against the composed stack. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startStack } from './stack.js';
import type { Stack } from './stack.js';

const README = fileURLToPath(new URL('../README.md', import.meta.url));
const SECTION = '## Five minutes with curl';
const MARK = '@@ block';

let stack: Stack;
let ran: { code: number | null; blocks: string[]; errors: string };

beforeAll(async () => {
  stack = await startStack();
  ran = await runTour(blocksOf(readFileSync(README, 'utf8')));
}, 120_000);
afterAll(async () => { await stack?.close(); }, 60_000);

function blocksOf(readme: string): string[] {
  const section = readme.split(SECTION)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/```bash\n(.*?)```/gs)].map(([, block]) => block as string);
}

/** One shell, as a reader has one; it stops at the first command that fails, and says after which block it wrote what. */
async function runTour(blocks: readonly string[]): Promise<typeof ran> {
  const script = blocks.map((block) => `echo '${MARK}'\n${block}`).join('\n');
  const env = { PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`, API: stack.apiUrl, SANDBOX: stack.sandboxUrl };
  const shell = spawn('bash', ['--norc', '-eu', '-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
  const out: string[] = [];
  const errors: string[] = [];
  shell.stdout.on('data', (text: Buffer) => out.push(text.toString('utf8')));
  shell.stderr.on('data', (text: Buffer) => errors.push(text.toString('utf8')));
  const code = await new Promise<number | null>((done, fail) => shell.once('error', fail).once('close', done));
  return { code, blocks: out.join('').split(`${MARK}\n`).slice(1), errors: errors.join('') };
}

/** What the one block that holds this wrote. */
function outputOf(command: string): string {
  const at = blocksOf(readFileSync(README, 'utf8')).flatMap((block, index) => (block.includes(command) ? [index] : []));
  expect(at).toHaveLength(1);
  return ran.blocks[at[0] as number] ?? '';
}

describe('the tour of the README', () => {
  it('runs to its end without an error', () => {
    expect(ran.errors).toBe('');
    expect(ran.code).toBe(0);
    expect(ran.blocks).toHaveLength(blocksOf(readFileSync(README, 'utf8')).length);
  });

  it('finds the institution and says why its provider was chosen', () => {
    expect(outputOf('/institutions?query=')).toContain('"id": "charles-schwab"');
    expect(outputOf('field .routing')).toContain('snaptrade is the preferred provider for Charles Schwab');
  });

  it('sees the first sync completed, and the position that it reached', () => {
    const shown = outputOf('call "/syncs/$SYNC" | field');
    expect(shown).toContain('"status": "completed"');
    expect(shown).toMatch(/^sync:1:\d+:\d+$/m);
  });

  it('shows an exact value and one position of Apple in two accounts', () => {
    const shown = outputOf('/portfolio/value');
    expect(shown).toMatch(/^ {2}"value": "\d+\.\d+",\n {2}"currency": "USD"/m);
    expect(shown).toContain('"complete": true');
    expect(shown).toMatch(/"id": "equity:AAPL"[^]*^ {2}"quantity": "150",/m);
    expect(shown.match(/^ {6}"quantity": "\d+"/gm)?.map((line) => line.trim()).sort()).toEqual(['"quantity": "100"', '"quantity": "50"']);
  });

  it('says what the refresh costs', () => expect(outputOf('/refresh"')).toContain('"amount": "0.05"'));

  it('has sold Apple at Schwab now, and not before', () => expect(outputOf('?asOf=')).toBe('50\n150\n'));

  it('has rebuilt two years, says what no transaction explains, and what they returned', () => {
    const shown = outputOf('period=1W');
    expect(shown).toMatch(/"holds": false,\n {2}"differences": \[\n {4}\{\n {6}"kind": "between_snapshots",\n {6}"asset": "equity:AAPL",[^{]*"difference": "-100"\n {4}\}\n {2}\]/);
    expect(shown.match(/^ {2}"\d{4}-\d\d-\d\d \d+(\.\d+)? (reconstructed|captured|carried|intraday) \d+",?$/gm)?.length).toBeGreaterThanOrEqual(5);
    expect(shown).toContain('"value":');
  });

  it('streams the events that all of it made', () => {
    const streamed = outputOf('/events?types=');
    for (const type of ['ConnectionLinked', 'BalanceSnapshotCaptured', 'SyncCompleted']) expect(streamed).toContain(`"type":"${type}"`);
    expect(streamed).toMatch(/^id: \S+$/m);
  });
});
