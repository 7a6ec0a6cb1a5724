/** Why a day that an operator asked to be closed was not. Pure. */
import type { historyRpc, ResponseOf } from '@tidemark/contracts';
import { closeMs, dayOf } from '@tidemark/market';
import type { Market } from '@tidemark/market';
import type { DayNumber } from '../reconstruction/model.js';

export type Skipped = ResponseOf<typeof historyRpc.runClose>['skipped'][number];

export interface CloseAsked {
  readonly market: Market;
  /** Null: whatever is due. */
  readonly day: DayNumber | null;
}

export interface CloseStanding {
  readonly now: number;
  /** The last closed day of the market; null before its first. */
  readonly closedTo: DayNumber | null;
  /** Days before it are in blocks: null where nothing is stored. */
  readonly openFrom: DayNumber | null;
  /** This very day was closed once. */
  readonly wasClosed: boolean;
  /** Accounts of the market. */
  readonly accounts: boolean;
  /** With accounts. */
  readonly markets: readonly string[];
}

export function whyOpen({ market, day }: CloseAsked, { now, closedTo, openFrom, wasClosed, accounts, markets }: CloseStanding): Skipped {
  const skipped = (reason: Skipped['reason'], detail: string): Skipped => ({ market: market.id, day: day === null ? null : dayOf(day), reason, detail });
  if (!accounts) return skipped('no_accounts', `No account is of ${market.id}; ${markets.length === 0 ? 'there is no account at all' : `those that have accounts are ${markets.join(', ')}`}.`);
  const upTo = closedTo === null ? 'nothing of it is closed yet' : `it is closed up to ${dayOf(closedTo)}`;
  if (day === null) return skipped('nothing_due', `No day of ${market.id} is due: ${upTo}.`);
  if (closeMs(day, market) > now) return skipped('not_over', `${dayOf(day)} is not over in ${market.id}: it closes at ${new Date(closeMs(day, market)).toISOString()}.`);
  if (openFrom !== null && day < openFrom) return skipped('compacted', `The month of ${dayOf(day)} is compacted: a reconstruction of an account revises it (POST /portfolio/reconstructions/{accountId}).`);
  if (!wasClosed && closedTo !== null && day < closedTo) return skipped('before_first', `${market.id} never closed ${dayOf(day)}: ${upTo}, and what was before its first close is the reconstructions'.`);
  if (!wasClosed && closedTo === null) return skipped('before_first', `The first day of ${market.id} to be closed is the last one that is over; what was before is the reconstructions'.`);
  return skipped('busy', `Another worker is closing ${market.id} at this moment; ask again in a moment.`);
}

/** The day after the one that is open, or later: nobody can mean it. */
export function isNonsense(day: DayNumber, markets: readonly Market[], now: number): boolean {
  return markets.length > 0 && markets.every((market) => closeMs(day - 1, market) > now);
}
