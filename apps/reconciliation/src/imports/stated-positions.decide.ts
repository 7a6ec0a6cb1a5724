/**
 * What a person says that an account held: a book or a statement. Every wrong field is named, so that nothing has to be found out one
 * error at a time, and nothing of a list with an error is taken.
 */
import type { BookPosition, FieldError } from '@tidemark/contracts';
import { instant, ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import { decimal, isCurrency, parseAssetId } from '@tidemark/money';

/** A position, and how whoever gave it finds it: `positions/3`, or a line of a file. */
export interface StatedLine {
  readonly asset: string;
  readonly quantity: string;
  readonly field: string;
  /** Stands before each message: `line 4: `. */
  readonly where: string;
}

/** Clocks differ by a little; a minute is allowed. */
const AHEAD_MS = 60_000;
/** As the contract has it. */
const QUANTITY = /^-?\d{1,40}(\.\d{1,40})?$/;

/** @returns the positions in one form whatever way they were written, sorted by asset */
export function statedPositions(lines: readonly StatedLine[]): Result<BookPosition[], FieldError[]> {
  const errors: FieldError[] = [];
  const first = new Map<string, StatedLine>();
  const positions = lines.map((line) => {
    const { asset, quantity, field, where } = line;
    const wrong = assetProblem(asset);
    const earlier = first.get(asset);
    if (wrong) errors.push({ field: `${field}/asset`, message: `${where}${wrong}` });
    else if (earlier) errors.push({ field: `${field}/asset`, message: `${where}${asset} is there already (${earlier.where.replace(': ', '') || earlier.field}): give it once, with its whole quantity` });
    else first.set(asset, line);
    const readable = QUANTITY.test(quantity);
    if (!readable) errors.push({ field: `${field}/quantity`, message: `${where}${quoted(quantity)} is no quantity: give a plain decimal such as "-1373.6865", without grouping, exponent or unit` });
    return { asset, quantity: readable ? decimal(quantity) : '0' };
  });
  return errors.length > 0 ? refuse(errors) : ok(positions.sort((a, b) => (a.asset < b.asset ? -1 : 1)));
}

/** @param given RFC 3339 UTC; now where it is left out */
export function statedInstant(given: string | undefined, now: number): Result<string, FieldError> {
  if (given === undefined) return ok(instant(now));
  const at = Date.parse(given);
  // The runtime rolls 30 February over into March; that is not what was meant.
  if (Number.isNaN(at) || !instant(at).startsWith(given.slice(0, 10))) return refuse({ field: 'asOf', message: 'is no day of the calendar: give an RFC 3339 UTC instant such as "2026-11-21T09:36:00.000Z"' });
  if (at > now + AHEAD_MS) return refuse({ field: 'asOf', message: `is in the future: give an instant up to ${instant(now)}` });
  return ok(instant(at));
}

function assetProblem(text: string): string | null {
  const asset = parseAssetId(text);
  if (!asset) return `${quoted(text)} is no asset id: give currency:USD, equity:AAPL, etf:VTI, fund:VFIAX, crypto:BTC, option:NFLX180201C00355000 (OCC), bond:<CUSIP or ISIN> or provider:<provider>:<id>`;
  return asset.kind === 'currency' && !known(asset.symbol) ? `${text} names no ISO 4217 currency` : null;
}

/** As a plain test: a type guard that fails would leave nothing of the symbol. */
function known(code: string): boolean {
  return isCurrency(code);
}

/** Enough of it to be found again. */
function quoted(text: string): string {
  return text === '' ? 'an empty field' : `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`;
}
