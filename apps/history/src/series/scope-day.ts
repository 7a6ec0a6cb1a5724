/**
 * One day of the accounts that a question is about, in its currency: what charts, returns and risk are computed from.
 * Made by `combine-days.ts` from account days, counting rules and the day's rates.
 */
import type { historyRpc } from '@tidemark/contracts';
import type { Decimal } from '@tidemark/money';

export interface ScopeDay {
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** Σ of the counted accounts; null where nothing is known. */
  readonly value: Decimal | null;
  readonly cash: Decimal | null;
  readonly costBasis: Decimal | null;
  /** External to the scope, ≥ 0: at the start of the day, and at its end. Null where one is unknown. Own transfers of one day within the scope are in neither. */
  readonly inflow: Decimal | null;
  readonly outflow: Decimal | null;
  readonly securities: number;
  readonly origin: historyRpc.Origin;
  readonly quality: number;
  readonly complete: boolean;
}
