/** Storing and reading account days on real Postgres, against a model that keeps every revision whole in memory. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dayNumber } from '@tidemark/market';
import type { Database } from '@tidemark/postgres';
import { newId } from '@tidemark/service';
import { seededRandom, withRandom } from '@tidemark/testing';
import type { AccountDay, ExternalFlow } from '../reconstruction/model.js';
import { fingerprint } from './day-columns.js';
import { daysDatabase } from './days-database.fixture.js';
import { anyDay, plainDay } from './days.fixture.js';
import { readFlows } from './flows.js';
import { readAccountDays } from './read-days.js';
import { readReasons } from './reasons.js';
import { writeHistories, writeHistory } from './write-history.js';
import type { HistoryWrite } from './write-history.js';

let ground: Awaited<ReturnType<typeof daysDatabase>>;
let database: Database;
beforeAll(async () => {
  ({ database } = ground = await daysDatabase('history-days'));
  await database.query(`INSERT INTO history_open (open_from, compacted_to) VALUES ('2026-11-01', '2026-11-01')`);
});
afterAll(() => ground.close());

const number = dayNumber;
const account = () => ({ accountId: newId(), userId: 'user', runId: newId(), flows: [], reasons: [] });
const write = (one: HistoryWrite) => database.transaction((tx) => writeHistory(tx, one));
const read = async (accountId: string, revision?: number) => (await readAccountDays(database, [accountId], number('2026-01-01'), number('2026-12-31'), revision)).get(accountId);
const flow = (date: string, amount: string, transactionId = newId()): ExternalFlow => ({ day: number(date), transactionId, kind: 'deposit', transfer: false, asset: null, units: null, currency: 'USD', amount });

describe('account days', () => {
  it('come back as they were written, from closed months and open ones', async () => {
    const one = account();
    const days = [plainDay('2026-09-30', '1'), plainDay('2026-10-01', '2.5'), plainDay('2026-10-31', '3'), plainDay('2026-11-01', '4'), plainDay('2026-11-20', '5')];
    const done = await write({ ...one, days });
    expect(done).toMatchObject({ revision: 1, previousRevision: null, revised: true, moved: [], daysMoved: 0, daysWritten: 5 });
    expect(await read(one.accountId)).toEqual(days);
    const { rows } = await database.query('SELECT (SELECT count(*) FROM account_month WHERE account_id = $1) AS months, (SELECT count(*) FROM account_day WHERE account_id = $1) AS days', [one.accountId]);
    expect(rows).toEqual([{ months: 2, days: 2 }]);
  });

  it('are written only where they differ, and the earlier revision stays readable', async () => {
    const one = account();
    const before = ['2026-09-15', '2026-10-15', '2026-10-16', '2026-11-02', '2026-11-03'].map((date) => plainDay(date, '100'));
    await write({ ...one, days: before });
    expect(await write({ ...one, days: before })).toMatchObject({ revision: 1, revised: false, daysWritten: 0, moved: [] });
    const after = before.map((day) => ([number('2026-10-16'), number('2026-11-03')].includes(day.day) ? { ...day, value: [{ currency: 'USD', amount: '101' }] } : day));
    const done = await write({ ...one, days: after });
    expect(done).toMatchObject({ revision: 2, previousRevision: 1, revised: true, daysMoved: 2 });
    expect(done.moved).toEqual([{ day: '2026-10-16', currency: 'USD', before: '100', after: '101' }, { day: '2026-11-03', currency: 'USD', before: '100', after: '101' }]);
    expect(await read(one.accountId)).toEqual(after);
    expect(await read(one.accountId, 1)).toEqual(before);
    const { rows } = await database.query('SELECT month::text FROM account_month WHERE account_id = $1 AND revision = 2', [one.accountId]);
    expect(rows).toEqual([{ month: '2026-10-01' }]);
  });

  it('that nobody knew yet are appended without a new revision', async () => {
    const one = account();
    await write({ ...one, days: [plainDay('2026-11-02', '1')] });
    expect(await write({ ...one, days: [plainDay('2026-11-03', '2')] })).toMatchObject({ revision: 1, revised: false, daysWritten: 1 });
    expect(await read(one.accountId)).toEqual([plainDay('2026-11-02', '1'), plainDay('2026-11-03', '2')]);
  });

  it('that a run no longer computes go, at its revision, and may come again', async () => {
    const one = account();
    const days = [plainDay('2026-10-30', '1'), plainDay('2026-10-31', '1'), plainDay('2026-11-01', '1'), plainDay('2026-11-02', '1')];
    await write({ ...one, days });
    const later = await write({ ...one, days: days.slice(3), range: { from: number('2026-10-30'), to: number('2026-11-02') } });
    expect(later).toMatchObject({ revision: 2, daysMoved: 3 });
    expect(await read(one.accountId)).toEqual(days.slice(3));
    expect(await read(one.accountId, 1)).toEqual(days);
    expect(await write({ ...one, days })).toMatchObject({ revision: 3, daysMoved: 0 });
    expect(await read(one.accountId)).toEqual(days);
    expect(await read(one.accountId, 2)).toEqual(days.slice(3));
  });

  it('take the revision that the run was given, which must be a later one', async () => {
    const one = account();
    expect(await write({ ...one, revision: 7, days: [plainDay('2026-11-02', '1')] })).toMatchObject({ revision: 7 });
    await expect(write({ ...one, revision: 7, days: [plainDay('2026-11-02', '2')] })).rejects.toThrow('not after 7');
  });

  it('keep reasons once and by account, and flows by revision', async () => {
    const one = account();
    const reasons = [{ code: 'price_missing', detail: 'no price of equity:X', asset: 'equity:X' }, { code: 'carried', detail: 'no snapshot' }] as const;
    const [salary, rent] = [flow('2026-11-02', '100'), flow('2026-11-02', '-40.50')];
    await write({ ...one, reasons, flows: [salary, salary, rent], days: [plainDay('2026-11-02', '1', { reasons: [0, 1], quality: 60 }), plainDay('2026-11-03', '1', { reasons: [1], quality: 90 })] });
    const [monday, tuesday] = (await read(one.accountId)) as [AccountDay, AccountDay];
    const stored = await readReasons(database, monday.reasons);
    expect([...stored.values()].map(({ code, asset }) => `${code} ${asset ?? ''}`).sort()).toEqual(['carried ', 'price_missing equity:X']);
    expect(monday.reasons).toContain(tuesday.reasons[0]);
    const done = await write({ ...one, reasons: [reasons[1], reasons[0]], flows: [salary], days: [plainDay('2026-11-02', '1', { reasons: [0, 1], quality: 60 }), plainDay('2026-11-03', '1', { reasons: [0], quality: 90 })] });
    expect(done).toMatchObject({ revision: 2, daysWritten: 0 });
    const amounts = async (revision?: number) => (await readFlows(database, [one.accountId], number('2026-11-01'), number('2026-11-30'), revision)).map((stands) => stands.amount);
    expect(await amounts()).toEqual(['100']);
    expect(await amounts(1)).toEqual(['100', '100', '-40.5']);
  });

  it('are never updated, whoever tries', async () => {
    await expect(database.query(`UPDATE account_month SET revision = 9`)).rejects.toThrow('permission denied');
    await expect(database.query(`DELETE FROM account_day`)).rejects.toThrow('permission denied');
    await expect(ground.owner.query(`UPDATE account_month SET revision = 9`)).rejects.toThrow('never updated');
    await expect(ground.owner.query(`UPDATE account_day SET revision = 9`)).rejects.toThrow('never updated');
  });

  it('are gone when the account is erased, and another account\'s are not', async () => {
    const [mine, other] = [account(), account()];
    for (const one of [mine, other]) await write({ ...one, flows: [flow('2026-11-02', '1')], reasons: [{ code: 'carried', detail: `of ${one.accountId}` }], days: [plainDay('2026-10-02', '1'), plainDay('2026-11-02', '1', { reasons: [0] })] });
    await database.query('SELECT erase_history($1)', [[mine.accountId]]);
    const { rows } = await database.query<{ n: number }>(
      ['account_day', 'account_month', 'history_head', 'external_flow', 'history_reason'].map((table) => `SELECT count(*) AS n FROM ${table} WHERE account_id = $1`).join(' UNION ALL '), [mine.accountId]);
    expect(rows.map((row) => row.n)).toEqual([0, 0, 0, 0, 0]);
    expect(await read(other.accountId)).toHaveLength(2);
  });

  it('equal, at every revision, what a model that keeps each revision whole says', () =>
    withRandom(async (random) => {
      const accounts = Array.from({ length: 6 }, () => ({ ...account(), revisions: [new Map<number, AccountDay>()] }));
      const [first, last] = [number('2026-08-20'), number('2026-11-20')];
      for (let round = 0; round < 6; round += 1) {
        const batch = accounts.filter(() => random.chance(0.8)).map((one) => {
          const [a, b] = [random.int(first, last), random.int(first, last)];
          const range = { from: Math.min(a, b), to: Math.max(a, b) };
          const now = one.revisions.at(-1) as Map<number, AccountDay>;
          const days = Array.from({ length: range.to - range.from + 1 }, (_, at) => range.from + at).filter(() => random.chance(0.95))
            .map((day) => (now.has(day) && random.chance(0.8) ? (now.get(day) as AccountDay) : anyDay(random, day)));
          return { one, write: { ...one, days, range } };
        });
        const written = await database.transaction((tx) => writeHistories(tx, batch.map(({ write: each }) => each)));
        batch.forEach(({ one, write: { days, range } }, at) => {
          const kept = [...(one.revisions.at(-1) as Map<number, AccountDay>)].filter(([day]) => day < range.from || day > range.to);
          const state = new Map([...kept, ...days.map((day) => [day.day, day] as const)]);
          const { revision } = written[at]!;
          // What was only appended belongs to the revision in force.
          expect([one.revisions.length - 1, one.revisions.length]).toContain(revision);
          one.revisions[revision] = state;
        });
      }
      for (const one of accounts) {
        for (const [revision, state] of one.revisions.entries()) {
          if (revision === 0) continue;
          const stored = await read(one.accountId, revision);
          expect(stored?.map(fingerprint)).toEqual([...state.values()].sort((a, b) => a.day - b.day).map(fingerprint));
        }
      }
    }));
});

it('the fixture makes the same days from the same seed', () => expect(anyDay(seededRandom(1), 1)).toEqual(anyDay(seededRandom(1), 1)));
