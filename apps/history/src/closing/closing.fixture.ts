/** The tables that the end of day reads, filled through the service's own projections, and prices written as the store has them. */
import type { BalanceLine, BalanceSnapshotCaptured, EventEnvelope } from '@tidemark/contracts';
import { EventLog, eventLogMigration } from '@tidemark/event-log';
import { calendarDayNumber, isSameListing, marketDayNumber } from '@tidemark/market';
import { migrate, openDatabase, provisionDatabase } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { createLogger, newId } from '@tidemark/service';
import { ManualClock, testDatabase } from '@tidemark/testing';
import { Closing1763700070000 } from '../migrations/closing.migration.js';
import { HistoryDays1763700060000 } from '../migrations/days.migration.js';
import { History1763700020000 } from '../migrations/history.migration.js';
import { Prices1763710030000 } from '../migrations/prices.migration.js';
import { Introduced1763900020000 } from '../migrations/introduced.migration.js';
import { priceBook } from '../prices/price-book.js';
import { capturedSnapshots } from '../projections/captured-snapshots/project.js';
import { holdings } from '../projections/holdings/project.js';
import type { AccountDay, CapturedSnapshot, DayNumber, ReconstructionInput } from '../reconstruction/model.js';
import { reconstruct } from '../reconstruction/reconstruct.js';
import { readAccountDays } from '../storage/read-days.js';
import { readReasons } from '../storage/reasons.js';
import { writeHistory } from '../storage/write-history.js';
import { Closer } from './closer.js';
import { CLOSING_DEFAULTS } from './deps.js';
import type { ClosingDeps } from './deps.js';

export interface GivenAccount {
  readonly accountId: string;
  readonly userId: string;
  readonly currency: string;
  /** False: kept by hand. */
  readonly tells: boolean;
  readonly snapshots: CapturedSnapshot[];
}

export interface ClosingGround {
  readonly database: Database;
  readonly log: EventLog;
  readonly clock: ManualClock;
  readonly deps: ClosingDeps;
  readonly closer: Closer;
  /** Runs that still wait for prices. */
  readonly pending: { now: boolean };
  account(given?: { currency?: string; tells?: boolean; timeZone?: string | null; changes?: object[] }): Promise<GivenAccount>;
  capture(account: GivenAccount, capturedAt: string, lines: readonly BalanceLine[]): Promise<void>;
  price(symbol: string, closes: Readonly<Record<string, string>>, given?: { currency?: string; kind?: string; coveredTo?: DayNumber }): Promise<void>;
  /** What the engine says of the account, from its first snapshot on. */
  engine(account: GivenAccount, to: DayNumber): Promise<AccountDay[]>;
  /** Stores what the engine says, as a run does. @returns whether anything that was known is otherwise now */
  reconstructed(account: GivenAccount, to: DayNumber): Promise<boolean>;
  /** What is stored, reasons in words; null where the day is not. */
  stored(account: GivenAccount, day: DayNumber, revision?: number): Promise<object | null>;
  close(): Promise<void>;
}

export async function closingGround(name: string, now: string): Promise<ClosingGround> {
  const server = await testDatabase(name);
  const urls = await provisionDatabase({ adminUrl: server.adminUrl, database: `${server.prefix}_h`, ownerPassword: 'o', servicePassword: 's' });
  await migrate({ ownerUrl: urls.ownerUrl, serviceRole: urls.serviceRole, migrations: [eventLogMigration(), History1763700020000, HistoryDays1763700060000, Closing1763700070000, Prices1763710030000, Introduced1763900020000] });
  const database = await openDatabase({ url: urls.serviceUrl, application: 'history', poolSize: 6 });
  const log = new EventLog({ name: 'history', database });
  const clock = new ManualClock(now);
  const pending = { now: false };
  const supply: ClosingDeps['supply'] = { want: (runs) => Promise.resolve(new Set(pending.now ? runs.map((run) => run.runId) : [])) };
  const deps: ClosingDeps = { database, log, clock, logger: createLogger({ service: 'history', level: 'silent' }), supply, settings: { ...CLOSING_DEFAULTS, batch: 40, delayMs: 0 }, wake: () => undefined };
  const book = priceBook(database);
  let position = 0;

  const computed = (account: GivenAccount, to: DayNumber) => computedBy(database, book, account, to);
  const ground: ClosingGround = {
    database, log, clock, deps, pending,
    closer: new Closer(deps, 'one'),
    account: async ({ currency = 'USD', tells = true, timeZone = null, changes = [] } = {}) => {
      const account = { accountId: newId(), userId: `user-${newId()}`, currency, tells, snapshots: [] };
      await database.query(
        `INSERT INTO account (account_id, user_id, provider, name, type, currency, trading, time_zone, transactions, changes) VALUES ($1, $2, $6, 'an account', 'investment', $3, false, $4, $7, $5::json)`,
        [account.accountId, account.userId, currency, timeZone, JSON.stringify(changes), tells ? 'plaid' : 'manual', tells],
      );
      return account;
    },
    capture: async (account, capturedAt, lines) => {
      position += 1;
      const snapshotId = newId();
      const data = { snapshotId, userId: account.userId, connectionId: null, accountId: account.accountId, provider: 'plaid', syncId: null, capturedAt, currency: account.currency, totals: { balance: null }, balances: lines } as unknown as BalanceSnapshotCaptured;
      const event = { type: 'BalanceSnapshotCaptured', userid: account.userId, epoch: 1, position, data } as unknown as EventEnvelope;
      await database.transaction(async (tx) => {
        await capturedSnapshots.apply(tx, [event]);
        await holdings.apply(tx, [event]);
      });
      account.snapshots.push({ snapshotId, capturedAt, day: marketDayNumber(Date.parse(capturedAt)), calendarDay: calendarDayNumber(Date.parse(capturedAt)), currency: account.currency, lines: [...lines] });
      account.snapshots.sort((a, b) => a.day - b.day);
    },
    price: (symbol, closes, given) => storePrices(database, symbol, closes, given),
    engine: async (account, to) => {
      const { days, reasons } = await computed(account, to);
      return worded(days, reasons) as unknown as AccountDay[];
    },
    reconstructed: async (account, to) => {
      const { days, flows, reasons } = await computed(account, to);
      // Nothing has closed since its first snapshot: a run writes nothing.
      if (days.length === 0) return false;
      return (await database.transaction((tx) => writeHistory(tx, { accountId: account.accountId, userId: account.userId, runId: null, days, flows, reasons }))).revised;
    },
    stored: async (account, day, revision) => {
      const days = (await readAccountDays(database, [account.accountId], day, day, revision)).get(account.accountId) ?? [];
      const reasons = await readReasons(database, days.flatMap((one) => one.reasons));
      const [found] = days.map((one) => ({ ...one, reasons: one.reasons.map((id) => wordsOf(reasons.get(id) as { code: string; detail: string })).sort() }));
      return found ?? null;
    },
    close: async () => {
      await database.close();
      await server.drop();
    },
  };
  return ground;
}

/** What the engine makes of the account with the closes that are stored. */
async function computedBy(database: Database, book: ReturnType<typeof priceBook>, { accountId, currency, tells, snapshots }: GivenAccount, to: DayNumber) {
  const { rows } = await database.query<{ asset: string; symbol: string }>(`SELECT asset, symbol FROM asset_symbol WHERE status = 'mapped'`);
  const symbols = new Map(rows.map((row) => [row.asset, row.symbol]));
  const closes = await book.closes([...symbols.values()], to - 60, to);
  const first = snapshots[0] as CapturedSnapshot;
  const lines = new Map(snapshots.flatMap(({ lines: all }) => all.map((line) => [line.asset, line])));
  const closesOf: ReconstructionInput['closesOf'] = (asset) => {
    const known = closes.get(symbols.get(asset) ?? '') ?? null;
    return known !== null && isSameListing(asset, lines.get(asset)?.currency, known.currency) ? known : null;
  };
  return reconstruct({ accountId, currency, from: first.day, to, snapshots, transactions: [], wholeFrom: tells ? first.day : null, closesOf, marketDayOf: (at) => marketDayNumber(Date.parse(at)) });
}

async function storePrices(database: Database, symbol: string, closes: Readonly<Record<string, string>>, { currency = 'USD', kind = 'security', coveredTo }: { currency?: string; kind?: string; coveredTo?: DayNumber } = {}): Promise<void> {
  await database.query(
    `INSERT INTO price_series (symbol, kind, currency, covered, version) VALUES ($1, $2, $3, int4multirange(int4range(0, $4, '[]')), 1) ON CONFLICT (symbol) DO UPDATE SET covered = excluded.covered, version = price_series.version + 1`,
    [symbol, kind, currency, coveredTo ?? 100_000],
  );
  await database.query(`INSERT INTO asset_symbol (asset, status, symbol, kind, currency) VALUES ($1, 'mapped', $2, $3, $4) ON CONFLICT DO NOTHING`, [`${kind === 'crypto' ? 'crypto' : 'equity'}:${symbol}`, symbol, kind, currency]);
  for (const [date, close] of Object.entries(closes)) {
    const [year, month, day] = date.split('-').map(Number) as [number, number, number];
    await database.query(`INSERT INTO price_month (symbol, month, closes) VALUES ($1, $2, array_fill(NULL::numeric, ARRAY[31])) ON CONFLICT DO NOTHING`, [symbol, year * 12 + month - 1]);
    await database.query(`UPDATE price_month SET closes[$3::int] = $4::numeric WHERE symbol = $1 AND month = $2`, [symbol, year * 12 + month - 1, day, close]);
  }
}

const wordsOf = ({ code, detail }: { code: string; detail: string }): string => `${code}: ${detail}`;

function worded(days: readonly AccountDay[], reasons: readonly { code: string; detail: string }[]): object[] {
  return days.map((day) => ({ ...day, reasons: day.reasons.map((index) => wordsOf(reasons[index] as { code: string; detail: string })).sort() }));
}

