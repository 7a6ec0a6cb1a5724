/** The commands against a gateway that answers as the contracts say: what they ask, what they print, how they exit. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Command } from 'commander';
import { auditCommands } from './audit.js';
import { discrepanciesCommands } from './discrepancies.js';
import { importCommands } from './imports.js';
import { reconcileCommands } from './reconcile.js';
import { AT, givenDiscrepancy, givenReport, id } from './report.fixture.js';

interface Asked {
  readonly request: string;
  readonly token: string | undefined;
  readonly body: unknown;
}

let server: Server;
let folder: string;
let asked: Asked[] = [];
/** Request → answers, the last of them for ever. */
let answers: Record<string, unknown[]> = {};
let out = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-ops-'));
  server = createServer((request, reply) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      const what = `${request.method} ${request.url?.replace('/api/v1', '')}`;
      const body: unknown = text ? JSON.parse(text) : null;
      if (what === 'POST /dev/token') return void reply.end(JSON.stringify({ token: `of-${(body as { userId: string }).userId}`, userId: 'x' }));
      asked.push({ request: what, token: request.headers.authorization, body });
      const all = answers[what] ?? [];
      const answer = all.length > 1 ? all.shift() : all[0];
      if (answer === undefined) return void reply.writeHead(404).end(JSON.stringify({ code: 'not_found', detail: 'there is none' }));
      if (answer instanceof Error) return void reply.writeHead(503).end(JSON.stringify({ code: 'unavailable', detail: answer.message }));
      reply.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  [asked, answers, out] = [[], {}, ''];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((out += String(text))));
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env['TIDEMARK_TOKEN'];
});

/** @returns how the process would exit */
async function tidemark(...args: string[]): Promise<{ code: number; error: string | null }> {
  const program = new Command().exitOverride();
  for (const add of [reconcileCommands, discrepanciesCommands, auditCommands, importCommands]) add(program);
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await program.parseAsync([...args, '--api', `http://127.0.0.1:${(server.address() as AddressInfo).port}`], { from: 'user' });
    return { code: Number(process.exitCode ?? 0), error: null };
  } catch (error) {
    return { code: Number(process.exitCode ?? 1), error: (error as Error).message };
  } finally {
    process.exitCode = before;
  }
}

const file = async (name: string, content: string) => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};

describe('tidemark reconcile', () => {
  it.each([['matched', 0], ['discrepant', 1], ['partial', 2], ['failed', 2]] as const)('run --wait follows to the end and exits by how it ended: %s', async (status, code) => {
    answers = { 'POST /reconciliations': [{ id: id(1), joined: false }], [`GET /reconciliations/${id(1)}`]: [givenReport({ status: 'running', progress: { accounts: 2, done: 1 } }), givenReport({ status })] };
    expect(await tidemark('reconcile', 'run', '--user', 'ann', '--wait')).toEqual({ code, error: null });
    expect(out.toLowerCase()).toContain(status);
    expect(process.stderr.write).toHaveBeenCalledWith('running: 1 of 2 account(s)\n');
    expect(asked[0]).toEqual({ request: 'POST /reconciliations', token: 'Bearer of-ann', body: {} });
  });

  it('run --wait outlasts a gateway that is away for a moment', async () => {
    answers = { 'POST /reconciliations': [{ id: id(1), joined: false }], [`GET /reconciliations/${id(1)}`]: [new Error('in a moment'), givenReport({ status: 'matched' })] };
    expect(await tidemark('reconcile', 'run', '--user', 'ann', '--wait')).toEqual({ code: 0, error: null });
  });

  it('run passes accounts and a tolerance from a file on, and says how to see it', async () => {
    answers = { 'POST /reconciliations': [{ id: id(1), joined: true }] };
    const tolerance = await file('tolerance.json', '{"absolute":"1"}');
    expect(await tidemark('reconcile', 'run', '--user', 'ann', '--account', id(2), '--account', id(3), '--tolerance', tolerance)).toEqual({ code: 0, error: null });
    expect(asked[0]?.body).toEqual({ accountIds: [id(2), id(3)], tolerance: { absolute: '1' } });
    expect(out).toBe(`Reconciliation ${id(1)} of the same accounts was going on already, with its own tolerance: joined. See it with: tidemark reconcile show ${id(1)} --user ann\n`);
    await tidemark('reconcile', 'run', '--user', 'ann', '--tolerance', '{"dust":"2"}', '--json');
    expect(asked[1]?.body).toEqual({ tolerance: { dust: '2' } });
  });

  it.each([['{"dust":', 'no JSON'], ['/nowhere/tolerance.json', 'cannot be read']])('run refuses the tolerance %s, and is in trouble', async (tolerance, why) => {
    const { code, error } = await tidemark('reconcile', 'run', '--user', 'ann', '--tolerance', tolerance);
    expect([code, error]).toEqual([2, expect.stringContaining(why)]);
    expect(asked).toEqual([]);
  });

  it('show prints a table, or the file that the service makes', async () => {
    answers = { [`GET /reconciliations/${id(1)}`]: [givenReport()], [`GET /reconciliations/${id(1)}/export?format=csv`]: ['a,b\r\n'], [`GET /reconciliations/${id(1)}/export?format=json`]: ['{"id":1}\n'] };
    await tidemark('reconcile', 'show', id(1), '--user', 'ann');
    expect(out).toContain('│ equity:AAPL');
    out = '';
    await tidemark('reconcile', 'show', id(1), '--user', 'ann', '--format', 'csv');
    await tidemark('reconcile', 'show', id(1), '--user', 'ann', '--json');
    expect(out).toBe('a,b\r\n{"id":1}\n');
    expect(await tidemark('reconcile', 'show', id(7), '--user', 'ann')).toMatchObject({ code: 1, error: `GET /reconciliations/${id(7)}: there is none` });
  });

  it('list prints the newest', async () => {
    answers = { 'GET /reconciliations?limit=5&status=failed': [{ items: [givenReport()], nextCursor: 'more' }] };
    expect(await tidemark('reconcile', 'list', '--user', 'ann', '--limit', '5', '--status', 'failed')).toEqual({ code: 0, error: null });
    expect(out).toContain(id(1));
    expect(await tidemark('reconcile', 'list', '--user', 'ann', '--limit', 'x')).toMatchObject({ error: expect.stringContaining('1 to 500') });
  });
});

describe('who a command speaks for', () => {
  const tokenOf = (sub: string) => `h.${Buffer.from(JSON.stringify({ sub })).toString('base64url')}.s`;

  it('is whose token it is, and nobody else', async () => {
    answers = { 'GET /discrepancies?status=open&limit=500': [{ items: [], nextCursor: null }] };
    process.env['TIDEMARK_TOKEN'] = tokenOf('ann');
    expect(await tidemark('discrepancies', 'list')).toEqual({ code: 0, error: null });
    expect(asked[0]?.token).toBe(`Bearer ${tokenOf('ann')}`);
    expect(await tidemark('discrepancies', 'list', '--user', 'bob')).toMatchObject({ code: 1, error: expect.stringContaining('a token of ann') });
    process.env['TIDEMARK_TOKEN'] = 'opaque';
    expect(await tidemark('discrepancies', 'list', '--user', 'bob')).toEqual({ code: 0, error: null });
  });

  it('has to be said where there is no token', async () => {
    expect(await tidemark('discrepancies', 'list')).toMatchObject({ code: 1, error: expect.stringContaining('--user <id>') });
  });
});

describe('tidemark discrepancies', () => {
  it('lists all pages of what is asked for, shows one, and resolves one with a note', async () => {
    answers = {
      [`GET /discrepancies?accountId=${id(2)}&limit=500`]: [{ items: [givenDiscrepancy()], nextCursor: 'c' }],
      [`GET /discrepancies?accountId=${id(2)}&limit=500&cursor=c`]: [{ items: [givenDiscrepancy({ id: id(6) })], nextCursor: null }],
      'GET /accounts?limit=500': [{ items: [{ id: id(2), name: 'Joint' }], nextCursor: null }],
      [`GET /discrepancies/${id(5)}`]: [givenDiscrepancy()], [`POST /discrepancies/${id(5)}/resolve`]: [givenDiscrepancy()],
    };
    await tidemark('discrepancies', 'list', '--user', 'ann', '--status', 'any', '--account', id(2));
    expect(out).toMatch(new RegExp(`${id(5)} │ Joint [^]*${id(6)}`));
    await tidemark('discrepancies', 'show', id(5), '--user', 'ann');
    expect(out).toContain('Compared from the snapshot');
    await tidemark('discrepancies', 'resolve', id(5), '--user', 'ann', '--note', 'A gift.');
    expect(asked.at(-1)).toMatchObject({ request: `POST /discrepancies/${id(5)}/resolve`, body: { note: 'A gift.' } });
  });
});

describe('tidemark audit verify', () => {
  const verdict = { valid: false, entries: 5, head: null, anchors: 3, firstBroken: { sequence: 3, problem: 'removed', detail: 'Entry 3 is missing.' } };

  it('goes through all pages of users and exits with 1 where one is broken', async () => {
    answers = { 'GET /ops/audit/verify': [{ users: 100, entries: 500, broken: [{ userId: 'bob', verdict }], nextCursor: 'c' }], 'GET /ops/audit/verify?cursor=c': [{ users: 3, entries: 4, broken: [], nextCursor: null }] };
    expect(await tidemark('audit', 'verify')).toEqual({ code: 1, error: null });
    expect(out).toContain('BROKEN: the trail of 1 of 103 user(s), 504 entries.\n  bob: entry 3 removed. Entry 3 is missing.');
    expect(asked[0]?.token).toBe('Bearer of-operator');
  });

  it('of one user exits with 0 where it is whole', async () => {
    answers = { 'GET /ops/audit/verify?userId=ann': [{ users: 1, entries: 5, broken: [], nextCursor: null }] };
    expect(await tidemark('audit', 'verify', '--user', 'ann', '--json')).toEqual({ code: 0, error: null });
    expect(JSON.parse(out)).toEqual({ users: 1, entries: 5, broken: [] });
  });
});

describe('tidemark book and statement', () => {
  const imported = { id: id(7), accountId: id(2), asOf: AT, positions: 1, unchanged: false };

  it('import a file as it is, and JSON as positions', async () => {
    answers = { [`POST /accounts/${id(2)}/statements`]: [imported], [`POST /accounts/${id(2)}/book`]: [{ ...imported, unchanged: true }] };
    const csv = 'asset,quantity\nequity:AAPL,1\n';
    const positions = [{ asset: 'equity:AAPL', quantity: '1' }];
    await tidemark('statement', 'import', await file('november.csv', csv), '--user', 'ann', '--account', id(2), '--as-of', AT);
    expect(asked[0]?.body).toEqual({ csv, origin: 'november.csv', asOf: AT });
    await tidemark('book', 'import', await file('desk.json', JSON.stringify({ positions })), '--user', 'ann', '--account', id(2));
    await tidemark('book', 'import', await file('list.json', JSON.stringify(positions)), '--user', 'ann', '--account', id(2));
    expect(asked.slice(1).map(({ body }) => body)).toEqual([{ positions, origin: 'desk.json' }, { positions, origin: 'list.json' }]);
    expect(out).toContain(`Imported: 1 position(s) of account ${id(2)} as of ${AT}.`);
    expect(out).toContain('It was there already');
  });

  it('say which file cannot be read', async () => {
    expect(await tidemark('book', 'import', '/nowhere.csv', '--user', 'ann', '--account', id(2))).toMatchObject({ code: 1, error: expect.stringContaining('/nowhere.csv cannot be read') });
    expect(await tidemark('book', 'import', await file('bad.json', '{'), '--user', 'ann', '--account', id(2))).toMatchObject({ code: 1, error: expect.stringContaining('bad.json is no JSON') });
  });

  it('removes a book', async () => {
    answers = { [`DELETE /accounts/${id(2)}/book`]: [''] };
    expect(await tidemark('book', 'remove', '--user', 'ann', '--account', id(2))).toEqual({ code: 0, error: null });
    expect(out).toContain('no book any more');
  });
});
