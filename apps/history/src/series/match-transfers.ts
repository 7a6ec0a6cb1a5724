/**
 * Finds transfers between a user's own accounts among their external flows. Pure.
 *
 * Two flows are one transfer where one account gives exactly what another gets: the same currency and amount, or the same asset and units,
 * at most so many days apart, the nearest first. What is left may be one flow against several (a rollover that arrives as cash and in
 * parts): all on the other side, of one other account, within the same days, that sum exactly to it. A provider's id that both sides
 * carry decides before anything else. What matches nothing stays external: a transfer is claimed where it is certain, not where it is likely.
 */
import { add, isNegative, isZero, negate, sum } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import type { StoredFlow } from '../storage/flows.js';

/** A wire over a long weekend. */
export const TRANSFER_DAYS = 5;
/** Of one-to-many, the parts looked at together. */
const MOST_PARTS = 4;

/** @param flows of all accounts @returns which flows belong together: flow id → the id of the first flow of its transfer */
export function matchTransfers(flows: readonly StoredFlow[], days: number = TRANSFER_DAYS): Map<number, number> {
  const matched = new Map<number, number>();
  const note = (parts: readonly StoredFlow[]) => parts.forEach((part) => matched.set(part.id, Math.min(...parts.map((one) => one.id))));
  const open = () => flows.filter((flow) => flow.transfer && !matched.has(flow.id) && moved(flow) !== null);
  for (const group of Map.groupBy(open(), kindOf).values()) pairs(group, days).forEach(note);
  for (const group of Map.groupBy(open(), kindOf).values()) {
    for (const whole of group.toSorted(byTime)) {
      const parts = matched.has(whole.id) ? null : partsOf(whole, group.filter((flow) => !matched.has(flow.id)), days);
      if (parts) note([whole, ...parts]);
    }
  }
  return matched;
}

/** What crossed the border, signed: units where it is an asset, else cash. Null where it is unknown or nothing. */
function moved(flow: StoredFlow): Decimal | null {
  const amount = flow.asset !== null && !flow.asset.startsWith('currency:') ? flow.units : flow.amount;
  return amount === null || isZero(amount) ? null : amount;
}

const kindOf = (flow: StoredFlow): string => (flow.asset !== null && !flow.asset.startsWith('currency:') ? flow.asset : `cash ${flow.currency}`);
const byTime = (a: StoredFlow, b: StoredFlow): number => a.day - b.day || a.id - b.id;

/** One against one, the nearest days first; of equally near ones those that were recorded first. */
function pairs(group: readonly StoredFlow[], days: number): [StoredFlow, StoredFlow][] {
  const given = Map.groupBy(group.filter((flow) => isNegative(moved(flow) as Decimal)), (flow) => negate(moved(flow) as Decimal));
  const candidates = group
    .filter((flow) => !isNegative(moved(flow) as Decimal))
    .flatMap((got) => (given.get(add(moved(got) as Decimal, '0')) ?? []).filter((gave) => gave.accountId !== got.accountId && Math.abs(gave.day - got.day) <= days).map((gave) => ({ got, gave, apart: Math.abs(gave.day - got.day) })))
    .sort((a, b) => Number(sameId(b)) - Number(sameId(a)) || a.apart - b.apart || byTime(a.gave, b.gave) || byTime(a.got, b.got));
  const used = new Set<number>();
  return candidates.flatMap(({ got, gave }) => {
    if (used.has(got.id) || used.has(gave.id)) return [];
    used.add(got.id).add(gave.id);
    return [[gave, got] as [StoredFlow, StoredFlow]];
  });
}

const sameId = ({ got, gave }: { got: StoredFlow; gave: StoredFlow }): boolean => got.transactionId !== null && got.transactionId === gave.transactionId;

/** The fewest flows of one other account, the nearest first, that together are exactly the other side. */
function partsOf(whole: StoredFlow, group: readonly StoredFlow[], days: number): StoredFlow[] | null {
  const wanted = negate(moved(whole) as Decimal);
  const near = group.filter((flow) => flow.accountId !== whole.accountId && isNegative(moved(flow) as Decimal) === isNegative(wanted) && Math.abs(flow.day - whole.day) <= days);
  for (const ofAccount of Map.groupBy(near, (flow) => flow.accountId).values()) {
    const sorted = ofAccount.toSorted((a, b) => Math.abs(a.day - whole.day) - Math.abs(b.day - whole.day) || byTime(a, b)).slice(0, 12);
    for (let size = 2; size <= Math.min(MOST_PARTS, sorted.length); size += 1) {
      const found = choose(sorted, size, wanted);
      if (found) return found;
    }
  }
  return null;
}

function choose(flows: readonly StoredFlow[], size: number, wanted: Decimal): StoredFlow[] | null {
  if (size === 0) return isZero(wanted) ? [] : null;
  for (const [at, flow] of flows.entries()) {
    const rest = choose(flows.slice(at + 1), size - 1, sum([wanted, negate(moved(flow) as Decimal)]));
    if (rest) return [flow, ...rest];
  }
  return null;
}
