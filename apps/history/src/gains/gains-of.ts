/** What was made on what was sold, lot by lot, and what is made so far on what is held: loaded, computed, and those of the days and accounts asked for. */
import type { historyRpc, Problem } from '@tidemark/contracts';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { marketDayOf } from '@tidemark/market';
import { accountsAsked } from '../reads/accounts-asked.js';
import { daysAsked, invalidField } from '../reads/days-asked.js';
import type { DaysInput } from '../reads/days-asked.js';
import type { HistoryReads } from '../reads/read-context.js';
import type { ScopeAsked } from '../series/scope-accounts.js';
import { marketNow } from '../allocation/load-held.js';
import { gainsAnswer } from './gains-answer.js';
import { loadGains } from './load-gains.js';
import type { LoadedGains } from './load-gains.js';
import { loadHeldOn } from './load-held-on.js';
import type { Held } from './load-held-on.js';
import { realise } from './realise.js';
import { picksAsked } from './specific-lots.js';
import type { LotMethod } from './specific-lots.js';
import { unrealisedLines } from './unrealised.js';

export interface GainsAsked extends ScopeAsked, DaysInput {
  /** FIFO where none is named. */
  readonly method?: LotMethod | undefined;
  /** With `specific`: sale:purchase:quantity, comma separated. */
  readonly lots?: string | undefined;
}

/** @param options.unrealised false where nobody reads them */
export async function gainsOf(reads: HistoryReads, asked: GainsAsked, options: { readonly unrealised?: boolean } = {}): Promise<Result<historyRpc.Gains, Problem>> {
  const now = instant(reads.clock.now());
  const today = marketDayOf(now);
  const { method = 'fifo', lots } = asked;
  const picks = picksAsked(method, lots);
  if (!picks.ok) return picks;
  const accounts = await accountsAsked(reads.database, asked, now);
  if (!accounts.ok) return accounts;
  const { base, all, inScope, notCounted, lastClosed } = accounts.value;
  const days = daysAsked(asked, lastClosed);
  if (!days.ok) return days;
  // Accounts that count stand first: where a duplicate shows the same transfer, the real one has it.
  const counted = all.toSorted((a, b) => Number(notCounted(a.accountId, today) !== null) - Number(notCounted(b.accountId, today) !== null));
  const loaded = await loadGains(reads, counted, base);
  const { to } = days.value;
  const asOf = to === null || to >= today ? null : to;
  const books = realise({ accounts: loaded.records, method, picks: picks.value, splitsOf: loaded.splitsOf, until: asOf ?? undefined });
  if (books.refusals.length > 0) return refuse(invalidField('lots', books.refusals.join('; ')));
  const scope = new Set(inScope.map(({ accountId }) => accountId));
  const { held, market, unheld } = options.unrealised === false ? NOTHING_HELD : asOf === null ? await heldNow(reads, loaded, scope, base) : await loadHeldOn(reads, inScope, { loaded, books, base }, asOf);
  const unrealised = market === null ? [] : unrealisedLines(held, market, (accountId, asset) => books.position(accountId, asset));
  const counts = (accountId: string, day: string) => scope.has(accountId) && notCounted(accountId, day) === null;
  const later = asked.period === undefined ? [] : beginLater(held, unheld);
  return ok(gainsAnswer({ currency: base, method, days: days.value, asOf, today, realised: books.lines, unrealised, unheld: unheld.filter((reason) => !later.includes(reason)), reasons: [...books.reasons, ...later], counts, rate: loaded.rate }));
}

/** Accounts that begin after a period's last close: they are in no day of it, in gains as in the chart and in the returns, beside others that are. */
function beginLater(held: Held['held'], unheld: Held['unheld']): Held['unheld'] {
  return held.some(({ snapshot }) => snapshot !== null) ? unheld.filter(({ code }) => code === 'no_history') : [];
}

const NOTHING_HELD = { held: [], market: null, unheld: [] };

async function heldNow(reads: HistoryReads, loaded: LoadedGains, scope: ReadonlySet<string>, base: string): Promise<Held> {
  const held = loaded.held.filter(({ accountId }) => scope.has(accountId));
  return { held, market: await marketNow(reads, held, base, instant(reads.clock.now())), unheld: [] };
}
