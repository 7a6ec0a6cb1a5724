/**
 * Concentration: HHI = Σ w² (Herfindahl–Hirschman), from 1/n for n equal holdings to 1 for a single one, and the effective number of
 * holdings 1 / HHI. w is the share of a holding in all holdings, by the size of its value; cash is no holding. A long and a short side of one
 * asset are two exposures, and a short one counts by its size: it can lose as much. Where a value is missing the shares are not known.
 */
import type { historyRpc } from '@tidemark/contracts';
import { absolute, compare, isNegative, isZero, multiply, percentages, sum } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import type { Held } from '../allocation/total.js';
import { known, RATE_DIGITS, unknown, why } from '../returns/figure.js';
import type { Why } from '../returns/figure.js';
import { divided, ONE, ratioOf, rounded } from '../returns/ratio.js';
import type { Ratio } from '../returns/ratio.js';

export interface Exposure {
  readonly asset: AssetId;
  readonly name: string | null;
  /** Signed; long and short sides apart. */
  readonly value: Decimal;
}

/** Positions of all accounts by asset and side, the largest size first. Null with the reason where one is not known, or there is none. */
export function exposures(held: Held): { exposures: readonly Exposure[] } | { reason: Why } {
  const positions = held.lines.filter((line) => !line.cash);
  const missing = held.reasons.find((reason) => reason.code === 'no_history' || positions.some((line) => line.value === null && line.asset === reason.asset));
  if (missing) return { reason: missing };
  const sides = Map.groupBy(positions, (line) => `${isNegative(line.value ?? '0') ? 'short' : 'long'} ${line.asset}`);
  const all = [...sides.values()].map((lines) => ({ asset: lines[0]?.asset ?? '', name: lines.find((line) => line.name !== null)?.name ?? null, value: sum(lines.map((line) => line.value ?? '0')) }));
  const sorted = all.filter(({ value }) => !isZero(value)).sort((a, b) => compare(absolute(b.value), absolute(a.value)) || (a.asset < b.asset ? -1 : 1));
  return sorted.length > 0 ? { exposures: sorted } : { reason: why('no_positions', 'Nothing but cash is held.') };
}

/** Σ sizes² / (Σ sizes)². The sizes are not all zero. */
export function herfindahl(values: readonly Decimal[]): Ratio {
  const sizes = values.map(absolute);
  const total = sum(sizes);
  return ratioOf(sum(sizes.map((size) => multiply(size, size))), multiply(total, total));
}

export function concentration(held: Held): { hhi: historyRpc.Figure; effectiveHoldings: historyRpc.Figure; largest: historyRpc.Analytics['largest'] } {
  const found = exposures(held);
  if ('reason' in found) return { hhi: unknown(found.reason), effectiveHoldings: unknown(found.reason), largest: [] };
  const hhi = herfindahl(found.exposures.map(({ value }) => value));
  const weights = percentages(found.exposures.map(({ value }) => absolute(value)));
  return {
    hhi: known(rounded(hhi, RATE_DIGITS)),
    effectiveHoldings: known(rounded(divided(ONE, hhi), RATE_DIGITS)),
    largest: found.exposures.slice(0, 10).map((exposure, index) => ({ ...exposure, weight: weights[index] ?? null })),
  };
}
