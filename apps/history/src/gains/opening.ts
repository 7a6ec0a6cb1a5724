/**
 * What an account held before the first transaction that is known: its newest snapshot with every step until then undone. Pure.
 * A provider tells two years; what was bought before them is sold in them, and its cost is not known.
 */
import type { Day } from '@tidemark/market';
import type { AssetId } from '@tidemark/money';
import { minus, over, ratio, sign } from './amount.js';
import { NOTHING } from '../reconstruction/ratio.js';
import type { Ratio } from '../reconstruction/ratio.js';
import type { AccountRecord, Step } from './step.js';

/** @param steps of this account, in order. @returns assets with units other than none; null where no snapshot is known */
export function openings({ held }: AccountRecord, steps: readonly Step[]): Map<AssetId, Ratio> | null {
  if (held === null) return null;
  const opened = new Map<AssetId, Ratio>();
  const byAsset = Map.groupBy(steps, ({ asset }) => asset);
  for (const asset of new Set([...held.units.keys(), ...byAsset.keys()])) {
    const own = byAsset.get(asset) ?? [];
    const now = ratio(held.units.get(asset) ?? '0');
    const before = undone(now, own.filter((step) => !isAfter(step, held)));
    // Of the day of the snapshot it is not always told which side of it a row is on: the side that leaves nothing unexplained.
    const without = undone(now, own.filter((step) => step.date < held.day));
    const units = sign(without) === 0 ? without : before;
    if (sign(units) !== 0) opened.set(asset, units);
  }
  return opened;
}

/** Whether it happened after what was captured, by its instant where it has one. */
export function isAfter({ date, at }: Step, held: { readonly capturedAt: string; readonly day: Day }): boolean {
  return at === null ? date > held.day : Date.parse(at) > Date.parse(held.capturedAt);
}

function undone(now: Ratio, steps: readonly Step[]): Ratio {
  return steps.reduceRight((units, step) => (step.split?.factor ? over(units, step.split.factor) : minus(units, step.units)), now ?? NOTHING);
}
