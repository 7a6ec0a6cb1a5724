/** Compaction on real Postgres: at every step readers see the same days, at every revision. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dayNumber } from '@tidemark/market';
import type { Database } from '@tidemark/postgres';
import { newId } from '@tidemark/service';
import { withRandom } from '@tidemark/testing';
import { BlockCache } from './block-cache.js';
import { compactMonth, monthToCompact } from './compact.js';
import { daysOf, fingerprint } from './day-columns.js';
import { daysDatabase } from './days-database.fixture.js';
import { anyDay, plainDay } from './days.fixture.js';
import { readAccountDays } from './read-days.js';
import { readColumns } from './read-columns.js';
import { writeHistory } from './write-history.js';

let ground: Awaited<ReturnType<typeof daysDatabase>>;
let database: Database;
const OCTOBER = dayNumber('2026-10-01');
const NOVEMBER = dayNumber('2026-11-01');
beforeAll(async () => {
  ({ database } = ground = await daysDatabase('compact'));
  await database.query(`INSERT INTO history_open (open_from, compacted_to) VALUES ('2026-10-01', '2026-10-01')`);
});
afterAll(() => ground.close());

const [FROM, TO] = [dayNumber('2026-09-01'), dayNumber('2026-11-30')];

describe('compaction', () => {
  it('changes nothing that anybody reads, while it runs and after, at any revision; and may be repeated', () =>
    withRandom(async (random) => {
      const accounts = Array.from({ length: 8 }, () => ({ accountId: newId(), userId: 'user', runId: null, flows: [], reasons: [] }));
      const revisions = new Map<string, number>();
      const write = async () => {
        for (const one of accounts) {
          const first = random.int(FROM, TO - 10);
          const days = Array.from({ length: random.int(1, 40) }, (_, at) => first + at).filter((day) => day <= TO && random.chance(0.9)).map((day) => anyDay(random, day));
          const { revision } = await database.transaction((tx) => writeHistory(tx, { ...one, days, range: { from: first, to: Math.min(TO, first + 40) } }));
          revisions.set(one.accountId, revision);
        }
      };
      const cache = new BlockCache();
      /** As columns, each account at a revision of its own, in one statement. */
      const inColumns = async (asked: readonly { accountId: string; revision: number }[], known: BlockCache) => {
        const { rows } = await database.query<{ at: string }>('SELECT compacted_to::text AS at FROM history_open');
        const { columns } = await readColumns(database, known, { accounts: asked, from: FROM, to: TO, compactedTo: dayNumber(rows[0]?.at ?? ''), compacting: true }, []);
        return asked.map(({ accountId }) => (columns.get(accountId) ?? []).flatMap(daysOf).filter((day) => day.day >= FROM && day.day <= TO).map(fingerprint));
      };
      const all = async () => {
        const seen: string[][] = [];
        const together = new Map<string, { revision: number; days: string[] }>();
        for (const { accountId } of accounts) {
          for (let revision = 1; revision <= (revisions.get(accountId) ?? 0); revision += 1) {
            const days = ((await readAccountDays(database, [accountId], FROM, TO, revision)).get(accountId) ?? []).map(fingerprint);
            expect(await inColumns([{ accountId, revision }], cache)).toEqual([days]);
            seen.push(days);
            if (revision === 1 || random.chance(0.5)) together.set(accountId, { revision, days });
          }
        }
        expect(await inColumns([...together].map(([accountId, { revision }]) => ({ accountId, revision })), new BlockCache())).toEqual([...together.values()].map(({ days }) => days));
        return seen;
      };
      for (let round = 0; round < 4; round += 1) await write();
      const before = await all();
      const stopped: Database = { ...database, query: (text, values) => (text.includes('drop_day_partition') ? Promise.reject(new Error('killed')) : database.query(text, values)) };
      await expect(compactMonth(stopped, OCTOBER, 3)).rejects.toThrow('killed');
      expect(await all()).toEqual(before);
      const rowsLeft = async () => (await database.query(`SELECT 1 FROM account_day WHERE day < '2026-11-01' LIMIT 1`)).rowCount;
      expect(await rowsLeft()).toBe(1);
      expect(await compactMonth(database, OCTOBER, 3)).toBe(0);
      expect(await rowsLeft()).toBe(0);
      expect(await all()).toEqual(before);
      await write();
      const later = await all();
      await compactMonth(database, NOVEMBER, 3);
      expect(await all()).toEqual(later);
    }), 60_000);

  it('never drops a row that stands in no block', async () => {
    await database.query(`UPDATE history_open SET open_from = '2026-12-01', compacted_to = '2026-12-01'`);
    const one = { accountId: newId(), userId: 'user', runId: null, flows: [], reasons: [] };
    await database.transaction((tx) => writeHistory(tx, { ...one, days: [plainDay('2026-12-02', '1')] }));
    await expect(database.query(`SELECT drop_day_partition('2026-12-01')`)).rejects.toThrow('is open');
    await database.query(`UPDATE history_open SET open_from = '2027-01-01'`);
    await expect(database.query(`SELECT drop_day_partition('2026-12-01')`)).rejects.toThrow('not compacted');
  });

  it('waits until the month has been over for as long as its days may be closed again', async () => {
    await database.query(`UPDATE history_open SET open_from = '2026-10-01', compacted_to = '2026-10-01'`);
    expect(await monthToCompact(database, dayNumber('2026-11-11'), 12)).toBeNull();
    expect(await monthToCompact(database, dayNumber('2026-11-12'), 12)).toBe(OCTOBER);
  });
});
