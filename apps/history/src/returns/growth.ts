/**
 * Growths of days, linked. The value at the end of a day without flows is what the next one starts from, so nearly all of them cancel: two
 * years without deposits are one quotient, not a number of a thousand digits.
 */
import { compare } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { compareRatios, ONE, ratioOf, times } from './ratio.js';
import type { Ratio } from './ratio.js';

/** ended / invested; both in their shortest form, so that equal amounts are equal texts. */
export interface Growth {
  readonly ended: Decimal;
  /** Above zero. */
  readonly invested: Decimal;
}

/** A product that grows by a day at a time. */
export class Chain {
  /** Of all that cancels no more. */
  private settled: Ratio = ONE;
  private open: Growth | null = null;

  add(growth: Growth): this {
    const { open } = this;
    if (open !== null && open.ended !== growth.invested) this.settled = times(this.settled, ratioOf(open.ended, open.invested));
    this.open = open?.ended === growth.invested ? { ended: growth.ended, invested: open.invested } : growth;
    return this;
  }

  /** Negative, zero or positive, as the product is below, at or above 1. */
  compareToOne(): number {
    const { open, settled } = this;
    return open !== null && settled === ONE ? compare(open.ended, open.invested) : compareRatios(this.ratio, ONE);
  }

  /** 1 where nothing was added. */
  get ratio(): Ratio {
    const { open, settled } = this;
    if (open === null) return ONE;
    const last = ratioOf(open.ended, open.invested);
    return settled === ONE ? last : times(settled, last);
  }
}

export function linked(growths: Iterable<Growth>): Ratio {
  const chain = new Chain();
  for (const growth of growths) chain.add(growth);
  return chain.ratio;
}
