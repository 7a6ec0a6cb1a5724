/** The tolerance that this installation compares with, read once at the start: `RECONCILIATION_TOLERANCE`, or a file that holds the same. */
import { Tolerance } from '@tidemark/contracts';
import { fieldErrors } from '@tidemark/service';
import type { Setting } from '@tidemark/service';
import { resolveTolerance } from './comparison/tolerance.js';

/**
 * What is compared with where nothing is configured: cents of cash, what institutions round units of funds and fractions of shares to, and
 * the last digit of a coin. No relative part: a share of a large position is money.
 */
export const DEFAULT_TOLERANCE: Tolerance = {
  absolute: '0.000001', relative: '0', dust: '0',
  classes: { cash: { absolute: '0.01' }, fund: { absolute: '0.001' }, crypto: { absolute: '0.00000001', dust: '0.00000001' } },
};

const EXAMPLE = '{"absolute":"0.000001","classes":{"cash":{"absolute":"0.01"}}}';

/** JSON; also read from the file that `RECONCILIATION_TOLERANCE_FILE` names. What it leaves out is as in `DEFAULT_TOLERANCE`. */
export const toleranceText: Setting<string | undefined> = { accepts: `JSON such as ${EXAMPLE}`, fallback: { value: undefined }, fromFile: true, parse: (given) => given };

export type ToleranceRead = { readonly ok: true; readonly value: Tolerance } | { readonly ok: false; readonly problems: readonly string[] };

/** @returns the whole tolerance, or every field that is wrong with what it accepts */
export function readTolerance(given: string | undefined): ToleranceRead {
  if (given === undefined) return { ok: true, value: DEFAULT_TOLERANCE };
  const parsed = jsonOf(given);
  if (parsed === null) return { ok: false, problems: [`RECONCILIATION_TOLERANCE must be ${toleranceText.accepts}: it is no JSON object`] };
  const wrong = fieldErrors(Tolerance, parsed);
  if (wrong) return { ok: false, problems: wrong.map(({ field, message }) => `RECONCILIATION_TOLERANCE: ${field === '' ? 'it' : field.replaceAll('/', '.')} ${message}`) };
  return { ok: true, value: resolveTolerance(DEFAULT_TOLERANCE, parsed) };
}

function jsonOf(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    // The message would quote the text; what it must be is said instead.
    return null;
  }
}
