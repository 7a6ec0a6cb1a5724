/**
 * Lines → the answer: those of the days and accounts asked for, and their totals in one currency. Each gain is converted with the rate of
 * the day it was made on (unrealised ones with that of the day they are of), exactly. One line without a gain leaves the totals it belongs to
 * unknown: a sum without it would look like one. Pure.
 */
import type { historyRpc } from '@tidemark/contracts';
import type { Day } from '@tidemark/market';
import { isZero, multiply, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { DaysAsked } from '../reads/days-asked.js';
import { Reasons } from '../reads/reasons.js';
import type { RealisedLine } from './realised-line.js';
import type { LotMethod } from './specific-lots.js';
import type { UnrealisedLine } from './unrealised.js';

type Gains = historyRpc.Gains;

export interface GainsInput {
  readonly currency: string;
  readonly method: LotMethod;
  readonly days: DaysAsked;
  /** Of the unrealised gains; null: they are of now. */
  readonly asOf: Day | null;
  readonly today: Day;
  readonly realised: readonly RealisedLine[];
  readonly unrealised: readonly UnrealisedLine[];
  /** What was held then and cannot be told: without it there is no sum. */
  readonly unheld: readonly historyRpc.HistoryReason[];
  /** Of the lots themselves. */
  readonly reasons: readonly historyRpc.HistoryReason[];
  /** In scope, and in the sums of that day. */
  readonly counts: (accountId: string, day: Day) => boolean;
  /** Units of `currency` for one of `from` on a day; null where none is known. */
  readonly rate: (from: string, day: Day) => Decimal | null;
}

export function gainsAnswer(input: GainsInput): Gains {
  const { days, asOf, counts, currency, method } = input;
  const last = asOf ?? input.today;
  const realised = input.realised.filter(({ accountId, sold }) => (days.from === null || sold >= days.from) && (days.to === null || sold <= days.to) && counts(accountId, sold)).sort((a, b) => (a.sold < b.sold ? 1 : a.sold > b.sold ? -1 : 0));
  const unrealised = input.unrealised.filter(({ accountId }) => counts(accountId, last));
  const unheld = input.unheld.filter(({ accountId }) => accountId === undefined || counts(accountId, last));
  const reasons = new Reasons();
  const [gained, held] = [realised.map((line) => inBase(input, line, line.sold, reasons)), unrealised.map((line) => inBase(input, line, last, reasons))];
  for (const line of [...realised, ...unrealised]) if (line.reason) reasons.add(line.reason);
  for (const reason of unheld) reasons.add(reason);
  for (const reason of input.reasons) if (reason.accountId === undefined || counts(reason.accountId, last)) reasons.add(reason);
  // A line of which it is not known how long it was held belongs to either of the two.
  const termKnown = realised.every(({ longTerm }) => longTerm !== null);
  const ofTerm = (long: boolean) => (termKnown ? sumAll(gained.filter((_, index) => realised[index]?.longTerm === long)) : null);
  return {
    currency,
    method,
    from: days.from,
    to: days.to,
    realised: { total: sumAll(gained), shortTerm: ofTerm(false), longTerm: ofTerm(true), lines: realised },
    unrealised: { asOf, total: unheld.length > 0 ? null : sumAll(held), lines: unrealised },
    reasons: reasons.all,
  };
}

function sumAll(amounts: readonly (Decimal | null)[]): Decimal | null {
  return amounts.some((amount) => amount === null) ? null : sum(amounts.map((amount) => amount ?? '0'));
}

function inBase({ currency, rate }: GainsInput, { gain, currency: own, accountId, asset }: RealisedLine | UnrealisedLine, day: Day, reasons: Reasons): Decimal | null {
  if (gain === null || isZero(gain) || own === currency) return gain;
  const at = own === null ? null : rate(own, day);
  if (at === null) reasons.add({ code: 'rate_missing', detail: own === null ? `The currency of ${asset} is not known.` : `No rate from ${own} to ${currency} is known on ${day}.`, accountId, asset, from: day, to: day });
  return at === null ? null : multiply(gain, at);
}
