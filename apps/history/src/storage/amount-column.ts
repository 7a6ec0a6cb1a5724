/**
 * Amounts of one currency, one a day, as digits × 10^−scale. Nearly all of them fit whole into floating point, where sums of hundreds of
 * days cost a tenth of what big integers cost; `plain` has them where every one of the column does, and `digits` always.
 */

export interface AmountColumn {
  readonly scale: number;
  /** Null: the currency is not listed that day. */
  readonly digits: readonly (bigint | null)[];
  /** The same as whole numbers below 2^53; NaN: not listed. Null where one of them is larger. */
  readonly plain: Float64Array | null;
}

export class PlainColumn implements AmountColumn {
  #digits: (bigint | null)[] | null = null;

  constructor(
    readonly scale: number,
    readonly plain: Float64Array,
  ) {}

  get digits(): readonly (bigint | null)[] {
    return (this.#digits ??= Array.from(this.plain, (one) => (Number.isNaN(one) ? null : BigInt(one))));
  }
}

export function amountColumn(scale: number, digits: readonly (bigint | null)[]): AmountColumn {
  const plain = new Float64Array(digits.length);
  for (let at = 0; at < digits.length; at += 1) {
    const one = digits[at];
    const number = one === null || one === undefined ? NaN : Number(one);
    if (number > Number.MAX_SAFE_INTEGER || number < -Number.MAX_SAFE_INTEGER) return { scale, digits, plain: null };
    plain[at] = number;
  }
  return { scale, digits, plain };
}

/** Whether the currency is listed that day. */
export function listedAt({ plain, digits }: AmountColumn, at: number): boolean {
  return plain === null ? digits[at] != null : !Number.isNaN(plain[at]);
}
