/**
 * How far apart two quantities of an asset may be and still agree. Four words are heard, the nearest first: what the run says of the asset's
 * class, what the run says of every asset, what is configured for the class, what is configured for every asset. So a run that asks for
 * nothing but `{"absolute":"0","relative":"0","dust":"0"}` is exact in every class, whatever is configured.
 */
import { TOLERANCE_CLASSES } from '@tidemark/contracts';
import type { Tolerance, ToleranceClass, ToleranceLevel } from '@tidemark/contracts';
import { absolute, compare, isZero, multiply } from '@tidemark/money';
import type { AssetId, Decimal } from '@tidemark/money';
import { classOf } from './asset-class.js';

/** A level with nothing left out; what nobody says is zero. */
export type Level = Required<ToleranceLevel>;

const NONE: Level = { absolute: '0', relative: '0', dust: '0' };
const PARTS = ['absolute', 'relative', 'dust'] as const;

/** @returns one tolerance that says what both together say */
export function resolveTolerance(configured: Tolerance, override: Tolerance = {}): Tolerance {
  const classes: Partial<Record<ToleranceClass, ToleranceLevel>> = {};
  for (const name of TOLERANCE_CLASSES) {
    const level = merged(without(configured.classes?.[name], override), override.classes?.[name]);
    if (PARTS.some((part) => level[part] !== undefined)) classes[name] = level;
  }
  const every = merged(configured, override);
  return Object.keys(classes).length === 0 ? every : { ...every, classes };
}

/** What holds for an asset. */
export function levelFor(tolerance: Tolerance, asset: AssetId): Level {
  return { ...NONE, ...merged(tolerance, tolerance.classes?.[classOf(asset)]) };
}

/** max(absolute, relative × |of|), in units of the asset. */
export function allowedFor(level: Level, of: Decimal): Decimal {
  if (isZero(level.relative)) return level.absolute;
  const share = multiply(level.relative, absolute(of));
  return compare(share, level.absolute) > 0 ? share : level.absolute;
}

/** The configured word for a class, less what the run says of every asset. */
function without(level: ToleranceLevel = {}, said: ToleranceLevel): ToleranceLevel {
  return Object.fromEntries(PARTS.filter((part) => said[part] === undefined && level[part] !== undefined).map((part) => [part, level[part]]));
}

function merged(level: ToleranceLevel, over: ToleranceLevel = {}): ToleranceLevel {
  return Object.fromEntries(PARTS.flatMap((part) => {
    const value = over[part] ?? level[part];
    return value === undefined ? [] : [[part, value]];
  }));
}
