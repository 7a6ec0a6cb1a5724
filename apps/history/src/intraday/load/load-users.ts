/** Makes watched users of what is stored: accounts with their positions priced, the closes before, and how their day went until now. */
import { isSameListing, marketDayNumber, marketOf } from '@tidemark/market';
import type { Database } from '@tidemark/postgres';
import { LiveAccount } from '../book/live-account.js';
import type { HeldLine } from '../book/live-account.js';
import type { LiveUser, UserAccount } from '../book/live-user.js';
import type { SymbolPrices } from '../book/symbol-prices.js';
import { readDays } from '../days/intraday-tables.js';
import type { StoredIntraday } from '../days/intraday-tables.js';
import { storedTrack } from '../days/recorder.js';
import type { LiveRates } from './live-rates.js';
import { readBaselines, readFlows } from './read-baselines.js';
import { readUsers } from './read-users.js';
import { readStated, statedFlows } from './stated-flows.js';
import type { ReadUser } from './read-users.js';
import type { SymbolRegistry } from './symbol-registry.js';

export const NEW_YORK = 'America/New_York';

export interface LoadDeps {
  readonly database: Database;
  readonly registry: SymbolRegistry;
  readonly rates: LiveRates;
}

export interface Loaded {
  readonly users: readonly LiveUser[];
  /** Days of their series, today's and yesterday's. */
  readonly stored: readonly StoredIntraday[];
  /** Symbols whose close is another than before: other holders must be priced anew. */
  readonly moved: readonly string[];
}

/** @param currencies that watches ask for beside the users' own */
export async function loadUsers({ database, registry, rates }: LoadDeps, userIds: readonly string[], currencies: Iterable<string>, now: number): Promise<Loaded> {
  const read = await readUsers(database, userIds);
  const stated = await readStated(database, read.flatMap((user) => user.accounts), now);
  const lines = [...read.flatMap((user) => [...user.held.values()].flatMap((held) => held.lines)), ...stated.flatMap(({ before }) => before.lines)];
  const { symbolOf, moved } = await registry.load(lines.filter((line) => !line.countedAsCash && !line.asset.startsWith('currency:')).map((line) => line.asset), now);
  const stored = await readDays(database, userIds, Math.floor(now / 86_400_000) - 2);
  const users = read.map((user) => userOf(user, stored, symbolOf, now));
  const wanted = users.flatMap((user) => user.accounts.map((one) => ({ accountId: one.account.accountId, today: one.day })));
  const baselines = await readBaselines(database, wanted, stored);
  const flows = await readFlows(database, wanted);
  for (const one of stated) flows.set(one.account.accountId, statedFlows(one, (ofOne, asset) => ofListing(ofOne, symbolOf)(asset)));
  const used = new Set(currencies);
  for (const user of users) {
    used.add(user.baseCurrency);
    for (const one of user.accounts) {
      one.baseline = baselines.get(one.account.accountId) ?? null;
      one.flows = flows.get(one.account.accountId) === undefined ? [] : (flows.get(one.account.accountId) ?? null);
      for (const currency of one.live?.totals.keys() ?? []) used.add(currency);
      for (const [currency] of [...(one.baseline?.amounts ?? []), ...(one.flows ?? [])]) used.add(currency);
      used.add(one.currency);
    }
  }
  await rates.want(used, now);
  return { users, stored, moved };
}

function userOf(user: ReadUser, stored: readonly StoredIntraday[], symbolOf: (asset: string) => SymbolPrices | null, now: number): LiveUser {
  const accounts = user.accounts.map((account): UserAccount => {
    const market = marketOf(account.timeZone ?? NEW_YORK);
    const held = user.held.get(account.accountId);
    const capturedAt = held ? Date.parse(held.capturedAt) : 0;
    const live = held ? new LiveAccount(account.accountId, capturedAt, marketDayNumber(capturedAt, market), held.lines, ofListing(held.lines, symbolOf), now) : null;
    const currency = held?.currency ?? account.currency ?? user.baseCurrency;
    const day = marketDayNumber(now, market);
    const track = storedTrack(stored, account.accountId, currency, day);
    const series = { series: account.accountId, userId: user.userId, accountId: account.accountId, currency, market, track, previousClose: null };
    return { account, market, currency, live, series, day, baseline: null, flows: [] };
  });
  return { userId: user.userId, baseCurrency: user.baseCurrency, accounts, fingerprint: user.fingerprint };
}

/** A symbol without the closes of another listing. */
function ofListing(lines: readonly HeldLine[], symbolOf: (asset: string) => SymbolPrices | null): (asset: string) => SymbolPrices | null {
  const stated = new Map(lines.map((line) => [line.asset, line.stated]));
  return (asset) => {
    const symbol = symbolOf(asset);
    return symbol?.close && !isSameListing(asset, stated.get(asset), symbol.close.currency ?? '') ? null : symbol;
  };
}
