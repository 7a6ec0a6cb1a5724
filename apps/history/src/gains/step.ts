/** What happened to lots, one step at a time and in order, over all accounts of a user. */
import type { Day } from '@tidemark/market';
import type { AssetId, Decimal } from '@tidemark/money';
import type { NormalisedTransaction } from '@tidemark/transactions';
import type { Ratio } from '../reconstruction/ratio.js';

/** An account's transactions as `resolveTransactions` leaves them, and what its newest snapshot holds. */
export interface AccountRecord {
  readonly accountId: string;
  readonly transactions: readonly NormalisedTransaction[];
  /** Null where no snapshot is known: then what was there before cannot be told. */
  readonly held: { readonly capturedAt: string; /** The market day of that instant. */ readonly day: Day; readonly units: ReadonlyMap<AssetId, Decimal> } | null;
}

/** Of an issuer: from `day` on `numerator` units stand where `denominator` stood. */
export interface IssuerSplit {
  readonly day: Day;
  readonly numerator: Decimal;
  readonly denominator: Decimal;
}

/** `id` is the same on both sides. `sold`: a merger for cash alone, `cash` of them together. `open`: its parts cannot be told. */
export interface Handover {
  readonly kind: 'transfer' | 'merger' | 'premium';
  readonly id: string;
  readonly role: 'gives' | 'gets' | 'sold' | 'open';
  /** When both sides are taken to happen. */
  readonly date: Day;
  readonly cash: Decimal | null;
}

export interface Step {
  readonly accountId: string;
  readonly asset: AssetId;
  readonly date: Day;
  /** Within a day: splits, what comes in, what is handed over, what receives it, what goes out. */
  readonly rank: number;
  readonly at: string | null;
  /** Null: a split that only the issuer tells of. */
  readonly transaction: NormalisedTransaction | null;
  /** The change reported; of a split by ratio zero. */
  readonly units: Ratio;
  readonly split: { /** Null: by the units reported. */ readonly factor: Ratio | null; /** Paid out for fractions. */ readonly cash: Ratio } | null;
  readonly handover: Handover | null;
}
