/**
 * How far a day can be relied on, 0–100, and why not further. Published formula, of the same make as that of present values:
 *
 *   quality = ⌊ mean over the day's lines of min(score of the day, score of the line) ⌋; the score of the day where it has no lines
 *
 * Lines: every position held at the close, and every currency of cash that is not zero. The score of a line is the least of
 *     0   its value is unknown: no price (`price_missing`), or its units are (`opening_adjustment`)
 *    50   its price is older than 7 days (`price_stale`)
 *    90   its cost basis is unknown (`cost_basis_missing`)
 *    98   a split of the issuer is assumed that the account never reported, and no snapshot confirms it, or not to the last digit (`split_assumed`)
 *   100   otherwise; a price that the account's own snapshot supplied is said (`price_supplied_by_account`) and lowers nothing
 * The score of a day is the least of
 *    50   earlier than the provider's transactions are known to be whole (`history_cut`); 90 where it is captured
 *    50   a transaction that is left out, in part or altogether, may have changed it (`unknown_transaction`, `cash_effect_unknown`,
 *         `units_effect_unknown`)
 *    60   between two snapshots that what happened between them does not join (`discrepancy`); 95 the close of a day whose snapshot
 *         is the earlier of the two
 *    90   after the newest of what is known, units as they were (`carried`)
 *    90   the value of what crossed the account's border is unknown (`flow_value_missing`)
 *    95   before the first snapshot, with nothing at the far end to confirm it (`opening_unverified`); or after the last one (`carried`)
 *    98   a transaction is pending (`pending_transaction`); or on which day or which side of a
 *         snapshot one happened is assumed (`side_assumed`)
 *   100   otherwise: the day is captured; or it lies between two snapshots that its transactions join to the last unit; or before the
 *         first one, and undoing everything leaves exactly nothing, in every asset and every currency.
 *
 * So a value that is not confirmed from both sides is never at 100: a missing transaction is seen, because it unbalances one of them.
 */
import type { AssetId } from '@tidemark/money';
import type { ReasonCode } from './model.js';

export const FULL = 100;
export const SCORE = { unknown: 0, stale: 50, omitted: 50, cut: 50, discrepancy: 60, carried: 90, basis: 90, flow: 90, unverified: 95, assumed: 98, pending: 98 } as const;
export const FRESH_DAYS = 7;

export interface Reason {
  readonly code: ReasonCode;
  readonly detail: string;
  readonly asset?: AssetId;
}

const NONE: readonly number[] = [];

/** The scores and reasons of a run of days; indices count from its first day. */
export class Marks {
  readonly reasons: Reason[] = [];
  readonly #known = new Map<string, number>();
  readonly #ofDay: (number[] | undefined)[];
  readonly #day: Uint8Array;
  readonly #lines: Int32Array;
  /** Lines below full, by score. */
  readonly #low = new Map<number, Int32Array>();

  constructor(readonly length: number) {
    this.#ofDay = new Array<number[] | undefined>(length).fill(undefined);
    this.#day = new Uint8Array(length).fill(FULL);
    this.#lines = new Int32Array(length);
  }

  reason(code: ReasonCode, detail: string, asset?: AssetId): number {
    const key = `${code}\n${asset ?? ''}\n${detail}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.reasons.push({ code, detail, ...(asset === undefined ? {} : { asset }) });
    this.#known.set(key, this.reasons.length - 1);
    return this.reasons.length - 1;
  }

  say(index: number, reason: number): void {
    const said = this.#ofDay[index];
    if (said === undefined) this.#ofDay[index] = [reason];
    else if (!said.includes(reason)) said.push(reason);
  }

  /** From `first` to `last`, both included, clipped to the run. */
  lowerDays(first: number, last: number, score: number, reason: number): void {
    for (let index = Math.max(first, 0); index <= Math.min(last, this.length - 1); index += 1) {
      if (score < (this.#day[index] as number)) this.#day[index] = score;
      this.say(index, reason);
    }
  }

  sayAll(first: number, last: number, reason: number): void {
    for (let index = first; index <= last; index += 1) this.say(index, reason);
  }

  /** One more line on each day from `first` to `last`, both included. */
  lines(first: number, last: number, score: number): void {
    for (let index = first; index <= last; index += 1) this.#lines[index] = (this.#lines[index] as number) + 1;
    if (score === FULL) return;
    const low = this.#low.get(score) ?? new Int32Array(this.length);
    for (let index = first; index <= last; index += 1) low[index] = (low[index] as number) + 1;
    this.#low.set(score, low);
  }

  qualityAt(index: number): number {
    const ofDay = this.#day[index] as number;
    const lines = this.#lines[index] as number;
    if (lines === 0) return ofDay;
    let total = lines * ofDay;
    for (const [score, low] of this.#low) total -= (low[index] as number) * (ofDay - Math.min(ofDay, score));
    return Math.floor(total / lines);
  }

  reasonsAt(index: number): readonly number[] {
    return this.#ofDay[index] ?? NONE;
  }
}
