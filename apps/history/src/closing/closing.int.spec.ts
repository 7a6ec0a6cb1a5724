/** The end of day on real Postgres: the same account days as the engine's, once each, whatever happens in between. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BalanceLine } from '@tidemark/contracts';
import { dayNumber, dayOf } from '@tidemark/market';
import type { Random } from '@tidemark/testing';
import { withRandom } from '@tidemark/testing';
import { CloseController } from './close.controller.js';
import { Closer } from './closer.js';
import { closingGround } from './closing.fixture.js';
import type { ClosingGround, GivenAccount } from './closing.fixture.js';

let ground: ClosingGround;
const AFTER_CLOSE = '2026-11-19T21:30:00.000Z';
const WEDNESDAY = dayNumber('2026-11-18');
const THURSDAY = dayNumber('2026-11-19');
const FRIDAY = dayNumber('2026-11-20');

beforeAll(async () => void (ground = await closingGround('closing', AFTER_CLOSE)));
afterAll(() => ground.close());
beforeEach(async () => {
  ground.clock.set(AFTER_CLOSE);
  ground.pending.now = false;
  await ground.database.query('DELETE FROM market_close');
  await ground.database.query('DELETE FROM account');
  await ground.price('AAPL', { '2026-11-17': '200.1', '2026-11-18': '201.25', '2026-11-19': '199.875' });
  await ground.price('MSFT', { '2026-11-18': '410', '2026-11-19': '415.5' });
  await ground.price('OLD', { '2026-11-02': '7.77' });
  await ground.price('SAP', { '2026-11-19': '220.0004' }, { currency: 'EUR' });
  await ground.price('BTCUSD', { '2026-11-18': '91234.56789012', '2026-11-19': '90000.1', '2026-11-20': '90500', '2026-11-21': '91000', '2026-11-22': '92000' }, { kind: 'crypto' });
});

const cash = (quantity: string, currency = 'USD'): BalanceLine => ({ asset: `currency:${currency}`, quantity });
const events = async () => (await ground.log.readStream('~market:XNYS', 'close-XNYS')).map((event) => event.data as { day: string; accounts: number; incomplete: number; catchUp: boolean });
const rowsOf = async (account: GivenAccount) => (await ground.database.query('SELECT day::text, revision, currency, value::text FROM account_day WHERE account_id = $1 ORDER BY 1, 2, 3', [account.accountId])).rows;

async function holder(lines: readonly BalanceLine[], capturedAt = '2026-11-18T15:00:00.000Z', to = WEDNESDAY): Promise<GivenAccount> {
  const account = await ground.account();
  await ground.capture(account, capturedAt, lines);
  await ground.reconstructed(account, to);
  return account;
}

const QUOTED: Readonly<Record<string, string>> = { 'equity:SAP': 'EUR', 'equity:NOBODY': 'GBP' };

/** What is quoted in another currency than the account's says so, else it may be another listing; coins are the same everywhere. */
function anyLines(random: Random, home: string): BalanceLine[] {
  const assets = ['equity:AAPL', 'equity:MSFT', 'equity:OLD', 'equity:SAP', 'crypto:BTCUSD', 'equity:NOBODY', 'option:AAPL261218C00200000', 'provider:plaid:x', 'equity:AAPL', 'equity:NOBODY'];
  const quantity = () => `${random.chance(0.15) ? '-' : ''}${random.int(0, 500)}${random.pick(['', '.5', '.123456789', '.000000000000000001'])}`.replace(/^-0$/, '0');
  const currencyOf = (asset: string): Partial<BalanceLine> => {
    const quoted = QUOTED[asset] ?? 'USD';
    return asset.startsWith('crypto:') || (quoted === home && random.chance(0.5)) ? {} : { currency: quoted };
  };
  const priced = (): Partial<BalanceLine> => ({ price: `${random.int(1, 300)}.${random.int(1, 9)}`, ...(random.chance(0.5) ? { priceAsOf: random.pick(['2026-11-18T14:00:00.000Z', '2026-11-06T21:00:00.000Z', '2026-11-17T21:00:00.001Z', '2026-11-19T20:59:00.000Z']) } : {}) });
  const lines = assets.filter(() => random.chance(0.4)).map((asset): BalanceLine => ({
    asset, quantity: quantity(),
    // Without a currency that is known there is no price.
    ...(random.chance(0.05) ? { currency: null } : { ...currencyOf(asset), ...(random.chance(0.6) ? priced() : {}) }),
    ...(random.chance(0.7) ? { costBasis: `${random.int(0, 5_000)}.25` } : {}),
    ...(asset.startsWith('option:') ? { multiplier: '100' } : {}),
    ...(asset === 'provider:plaid:x' ? { countedAsCash: true } : {}),
  }));
  return [...lines, ...['USD', 'EUR', 'JPY'].filter(() => random.chance(0.5)).map((currency) => cash(random.chance(0.2) ? '0' : quantity(), currency))];
}

describe('the end of day', () => {
  it('says what the engine says, to the last digit, of any holdings', () =>
    withRandom(async (random) => {
      const accounts: GivenAccount[] = [];
      for (let index = 0; index < 60; index += 1) {
        const account = await ground.account({ currency: random.pick(['USD', 'USD', 'EUR']), tells: random.chance(0.7) });
        // Of one that is kept by hand, the day of a snapshot is the engine's.
        const taken = ['2026-11-18T21:00:00.000Z', '2026-11-16T10:00:00.000Z', ...(account.tells ? ['2026-11-19T20:59:59.999Z', '2026-11-18T21:00:00.001Z'] : [])];
        await ground.capture(account, random.pick(taken), anyLines(random, account.currency));
        await ground.reconstructed(account, WEDNESDAY);
        if ((account.snapshots[0]?.day ?? 0) > WEDNESDAY) await ground.database.query('INSERT INTO history_head (account_id, user_id, revision) VALUES ($1, $2, 1) ON CONFLICT (account_id) DO UPDATE SET revision = 1', [account.accountId, account.userId]);
        accounts.push(account);
      }
      await ground.closer.tick();
      // Where the engine may know more than the snapshot says, or the listing is of another currency, the day is its to write.
      const { rows } = await ground.database.query<{ id: string }>('SELECT account_id AS id FROM reconstruction');
      const left = new Set(rows.map((row) => row.id));
      const appended = accounts.filter((account) => !left.has(account.accountId));
      for (const account of appended) expect(await ground.stored(account, THURSDAY)).toEqual((await ground.engine(account, THURSDAY)).at(-1));
      expect(appended.length).toBeGreaterThan(accounts.length * 0.8);
      expect((await events()).at(-1)).toMatchObject({ day: '2026-11-19', accounts: 60 });
      // A run that follows finds nothing to revise, and a close after that neither, however often.
      const revised = await Promise.all(appended.map(async (account) => ((await ground.reconstructed(account, THURSDAY)) ? [account.accountId] : [])));
      expect(revised.flat()).toEqual([]);
      expect(await ground.closer.run({ day: THURSDAY })).toMatchObject([{ changed: 0 }]);
    }), 60_000);

  it('leaves to the engine who holds what is quoted in another currency: it may be another listing', async () => {
    const account = await ground.account({ currency: 'EUR' });
    await ground.capture(account, '2026-11-18T10:00:00.000Z', [{ asset: 'equity:AAPL', quantity: '10', costBasis: '1' }]);
    await ground.reconstructed(account, WEDNESDAY);
    await ground.closer.tick();
    expect(await ground.stored(account, THURSDAY)).toBeNull();
  });

  it('is written again with its revision where nothing that is held has a price', async () => {
    await ground.price('BARE', {});
    const account = await holder([{ asset: 'equity:BARE', quantity: '7' }]);
    await ground.closer.tick();
    await ground.database.query(`UPDATE closing_asset SET reason_missing = reason_stale WHERE asset = 'equity:BARE'`);
    await ground.closer.run({ day: THURSDAY });
    const { rows } = await ground.database.query<{ head: number; stored: number }>('SELECT h.revision AS head, max(d.revision) AS stored FROM history_head h JOIN account_day d USING (account_id) WHERE account_id = $1 GROUP BY 1', [account.accountId]);
    expect(rows[0]?.stored).toBe(rows[0]?.head);
  });

  it('is told once a day, and doing it again changes nothing', async () => {
    const account = await holder([{ asset: 'equity:AAPL', quantity: '10', costBasis: '1500' }, cash('5')]);
    const before = (await events()).length;
    expect(await ground.closer.tick()).toHaveLength(1);
    const rows = await rowsOf(account);
    expect(rows.at(-1)).toEqual({ day: '2026-11-19', revision: 1, currency: 'USD', value: '2003.75' });
    expect(await ground.closer.tick()).toEqual([]);
    expect(await ground.closer.run({ day: THURSDAY })).toMatchObject([{ changed: 0 }]);
    expect(await rowsOf(account)).toEqual(rows);
    expect((await events()).length - before).toBeLessThanOrEqual(1);
  });

  it('closes weekends too, carrying securities and marking crypto, and catches up in order after downtime', async () => {
    const account = await holder([{ asset: 'equity:AAPL', quantity: '10', costBasis: '1' }, { asset: 'crypto:BTCUSD', quantity: '1', costBasis: '1' }]);
    await ground.price('AAPL', { '2026-11-20': '202' });
    await ground.closer.tick();
    ground.clock.set('2026-11-22T22:00:00.000Z');
    expect((await ground.closer.tick()).map((close) => dayOf(close.day))).toEqual(['2026-11-20', '2026-11-21', '2026-11-22']);
    expect((await rowsOf(account)).slice(-3).map(({ day, value }) => [day, value])).toEqual([['2026-11-20', '92520'], ['2026-11-21', '93020'], ['2026-11-22', '94020']]);
    expect((await events()).slice(-3).map(({ day, catchUp }) => [day, catchUp])).toEqual([['2026-11-20', true], ['2026-11-21', true], ['2026-11-22', false]]);
  });

  it('goes on after the batch before which it was killed, and never counts one twice', async () => {
    const accounts = await Promise.all(Array.from({ length: 90 }, () => holder([cash('1')])));
    let batches = 0;
    const killed = new Closer({ ...ground.deps, database: { ...ground.database, transaction: (work) => { if ((batches += 1) > 3) throw new Error('killed'); return ground.database.transaction(work); } } }, 'two');
    await expect(killed.tick()).rejects.toThrow('killed');
    const { rows } = await ground.database.query<{ n: number }>('SELECT count(*) AS n FROM account_day WHERE day = $1 AND account_id = ANY($2::uuid[])', ['2026-11-19', accounts.map((one) => one.accountId)]);
    expect(rows[0]?.n).toBe(80);
    expect(await ground.closer.tick()).toMatchObject([{ accounts: 90, incomplete: 0 }]);
  });

  it('is one replica\'s work: of several at once each account is closed once', async () => {
    const accounts = await Promise.all(Array.from({ length: 85 }, () => holder([cash('1')])));
    const closed = await Promise.all(['a', 'b', 'c'].map((name) => new Closer(ground.deps, name).tick()));
    expect(closed.flat()).toHaveLength(1);
    const { rows } = await ground.database.query<{ n: number }>('SELECT count(*) AS n FROM account_day WHERE day = $1 AND account_id = ANY($2::uuid[])', ['2026-11-19', accounts.map((one) => one.accountId)]);
    expect(rows[0]?.n).toBe(85);
  });

  it('a worker that was asleep while another took over commits nothing', async () => {
    await Promise.all(Array.from({ length: 45 }, () => holder([cash('1')])));
    const sleepy = new Closer({ ...ground.deps, settings: { ...ground.deps.settings, lockMs: 1 }, database: { ...ground.database, transaction: async (work) => {
      await ground.database.query(`UPDATE market_close SET fence = fence + 1, locked_by = 'another'`);
      return ground.database.transaction(work);
    } } }, 'sleepy');
    await expect(sleepy.tick()).rejects.toThrow('taken over');
    const { rows } = await ground.database.query<{ n: number }>(`SELECT count(*) AS n FROM account_day d JOIN account USING (account_id) WHERE day = '2026-11-19'`);
    expect(rows[0]?.n).toBe(0);
  });
});

describe('what is no plain carry goes to the engine', () => {
  const asked = async (account: GivenAccount) => (await ground.database.query<{ status: string }>('SELECT status FROM reconstruction WHERE account_id = $1', [account.accountId])).rows;

  it('a snapshot captured after the close, a transaction since the snapshot, a split since then', async () => {
    const late = await holder([cash('1')], '2026-11-19T21:05:00.000Z');
    const traded = await holder([cash('1')]);
    await ground.database.query(
      `INSERT INTO account_transaction (transaction_id, account_id, user_id, connection_id, provider, kind, day, external, pending, unknown, rules, normalised, recorded) VALUES ($1, $2, 'u', $1, 'plaid', 'deposit', '2026-11-19', true, false, false, '', '{}', '{}')`,
      ['0190a5b0-0000-7000-8000-00000000000a', traded.accountId],
    );
    await ground.price('SPL', { '2026-11-18': '10', '2026-11-19': '5' });
    await ground.database.query('INSERT INTO price_split (symbol, day, numerator, denominator) VALUES ($1, $2, 2, 1)', ['SPL', THURSDAY]);
    const split = await holder([{ asset: 'equity:SPL', quantity: '3' }]);
    await ground.database.query('INSERT INTO history_head (account_id, user_id, revision) VALUES ($1, $2, 1) ON CONFLICT (account_id) DO UPDATE SET revision = 1', [late.accountId, late.userId]);
    await ground.closer.tick();
    for (const account of [late, traded, split]) {
      expect(await asked(account)).toEqual([{ status: 'queued' }]);
      expect(await ground.stored(account, THURSDAY)).toBeNull();
    }
  });

  it('and one that is closed or disconnected is closed no more', async () => {
    const gone = await ground.account({ changes: [{ kind: 'disconnected', value: true, effectiveAt: '2026-11-19T20:00:00.000Z' }] });
    await ground.capture(gone, '2026-11-18T15:00:00.000Z', [cash('1')]);
    await ground.reconstructed(gone, WEDNESDAY);
    const back = await ground.account({ changes: [{ kind: 'disconnected', value: true, effectiveAt: '2026-11-19T20:00:00.000Z' }, { kind: 'disconnected', value: false, effectiveAt: '2026-11-19T20:30:00.000Z' }] });
    await ground.capture(back, '2026-11-18T15:00:00.000Z', [cash('1')]);
    await ground.reconstructed(back, WEDNESDAY);
    await ground.closer.tick();
    expect(await ground.stored(gone, THURSDAY)).toBeNull();
    expect(await ground.stored(back, THURSDAY)).not.toBeNull();
  });
});

describe('a day whose prices do not come', () => {
  it('waits for them, then closes with what is there, says so, and is closed again when they come', async () => {
    await ground.price('AAPL', {}, { coveredTo: WEDNESDAY });
    await ground.database.query(`UPDATE price_month SET closes[19] = NULL WHERE symbol = 'AAPL'`);
    const account = await holder([{ asset: 'equity:AAPL', quantity: '10', costBasis: '1500' }]);
    const other = await holder([cash('7')]);
    ground.pending.now = true;
    expect(await ground.closer.tick()).toEqual([]);
    ground.clock.set('2026-11-20T02:00:00.000Z');
    expect(await ground.closer.tick()).toMatchObject([{ late: 1 }]);
    expect(await ground.stored(account, THURSDAY)).toMatchObject({ value: [{ currency: 'USD', amount: '2012.5' }], quality: 50, reasons: [expect.stringContaining('carried'), 'price_stale: The close of equity:AAPL has not come yet: the one before is carried.'] });
    await ground.price('AAPL', { '2026-11-19': '199.875' });
    await ground.closer.tick();
    expect(await ground.stored(account, THURSDAY)).toEqual((await ground.engine(account, THURSDAY)).at(-1));
    expect(await ground.stored(account, THURSDAY, 1)).toMatchObject({ quality: 50 });
    expect(await rowsOf(other)).toHaveLength(2);
    const revised = (await ground.log.readStream(account.userId, `history-${account.accountId}`)).map((event) => event.data);
    expect(revised).toMatchObject([{ revision: 2, previousRevision: 1, cause: 'prices', daysMoved: 1, moved: [{ day: '2026-11-19', currency: 'USD', before: '2012.5', after: '1998.75' }] }]);
    const before = await rowsOf(account);
    await ground.closer.tick();
    expect(await rowsOf(account)).toEqual(before);
  });
});

describe('the end of day and reconstructions', () => {
  it('a run that computed before the close leaves the day that was appended meanwhile, and a later one revises it', async () => {
    const account = await holder([{ asset: 'equity:AAPL', quantity: '10', costBasis: '1500' }]);
    await ground.closer.tick();
    const appended = await ground.stored(account, THURSDAY);
    await ground.reconstructed(account, WEDNESDAY);
    expect(await ground.stored(account, THURSDAY)).toEqual(appended);
    await ground.capture(account, '2026-11-19T20:00:00.000Z', [{ asset: 'equity:AAPL', quantity: '12', costBasis: '1900' }]);
    await ground.reconstructed(account, THURSDAY);
    expect(await ground.stored(account, THURSDAY)).toMatchObject({ origin: 'captured', value: [{ currency: 'USD', amount: '2398.5' }] });
    expect(await ground.stored(account, THURSDAY, 1)).toEqual(appended);
  });

  it('a day that a run has written is not appended again', async () => {
    const account = await holder([cash('3')], '2026-11-18T15:00:00.000Z', THURSDAY);
    const rows = await rowsOf(account);
    await ground.closer.tick();
    expect(await rowsOf(account)).toEqual(rows);
  });

  it('each waits for the other on one account, and none is lost', async () => {
    const accounts = await Promise.all(Array.from({ length: 45 }, () => holder([{ asset: 'equity:AAPL', quantity: '10' }])));
    await Promise.all([ground.closer.tick(), ...accounts.map((account) => ground.reconstructed(account, WEDNESDAY))]);
    for (const account of accounts) expect((await rowsOf(account)).map((row) => row['day'])).toEqual(['2026-11-18', '2026-11-19']);
  });
});

it('that an operator asks for is closed, or it is said why it was not', async () => {
  await holder([cash('5')]);
  const desk = new CloseController({ closer: ground.closer, deps: ground.deps });
  const run = async (asked: { market?: string; day?: string }) => {
    const reply = await desk.run(asked, { userId: 'olga', requestId: 'r', scopes: ['ops'] });
    return reply.ok ? { closed: reply.value.closed.map(({ day }) => day), skipped: reply.value.skipped.map(({ market, day, reason }) => [market, day, reason]) } : reply.error;
  };
  expect(await run({ market: 'America/New_York', day: '2026-11-19' })).toEqual({ closed: ['2026-11-19'], skipped: [] });
  expect(await run({})).toEqual({ closed: [], skipped: [['XNYS', null, 'nothing_due']] });
  expect(await run({ day: '2026-11-20' })).toEqual({ closed: [], skipped: [['XNYS', '2026-11-20', 'not_over']] });
  expect(await run({ day: '2026-11-02' })).toEqual({ closed: [], skipped: [['XNYS', '2026-11-02', 'before_first']] });
  expect(await run({ day: '2020-11-02' })).toEqual({ closed: [], skipped: [['XNYS', '2020-11-02', 'compacted']] });
  expect(await run({ market: 'XTKS', day: '2026-11-18' })).toEqual({ closed: [], skipped: [['XTKS', '2026-11-18', 'no_accounts']] });
  expect(await run({ day: '2026-11-21' })).toMatchObject({ code: 'validation_failed', errors: [{ field: 'day', message: '2026-11-21 has not begun; the last day that can be closed is 2026-11-19' }] });
  expect(await run({ market: 'XMARS' })).toMatchObject({ code: 'validation_failed', errors: [{ field: 'market' }] });
});

it('is at the close of each market: Tokyo\'s Friday is closed before New York\'s Thursday', async () => {
  const tokyo = await ground.account({ timeZone: 'Asia/Tokyo' });
  await ground.capture(tokyo, '2026-11-18T15:00:00.000Z', [cash('1')]);
  await ground.reconstructed(tokyo, WEDNESDAY);
  ground.clock.set('2026-11-20T08:00:00.000Z');
  expect((await ground.closer.tick()).map((close) => [close.market, dayOf(close.day)])).toEqual([['XTKS', '2026-11-20']]);
  expect(await ground.stored(tokyo, FRIDAY)).toMatchObject({ value: [{ currency: 'USD', amount: '1' }] });
});
