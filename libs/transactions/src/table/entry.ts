/** The columns of the table of transactions. */
import type { TransactionKind } from '../model.js';

/**
 * Which way units go. `in`: gained, `out`: given up, `either`: as reported. `none`: they do not move, whatever quantity is
 * reported (a dividend's is the number of shares it was paid on).
 */
export type UnitsRule = 'none' | 'in' | 'out' | 'either';

/**
 * What the reported amount is. `in`, `out`, `either`: cash, in the usual direction or any.
 * `in_lieu`: cash paid for fractions, unless it is exactly what the units are worth: then it is their value.
 * `in_kind`: the value of the units that move; no cash moves.
 * `funded`: the units were paid for from outside in the same step, so no cash of the account moves; without units it is cash.
 * `none`: none moves.
 */
export type CashRule = 'none' | 'in' | 'out' | 'either' | 'in_lieu' | 'in_kind' | 'funded';

/** `external`: crosses the account's border. `transfer`: so does this, and the other side may be an account of the same person. */
export type Flow = 'internal' | 'external' | 'transfer';

/** Which transactions of the word the row is for. `units`: units of a security are reported. Cash of zero is `cash_in`. */
export type When = 'always' | 'cash_in' | 'cash_out' | 'units' | 'no_units' | 'units_in' | 'units_out';

export type TransactionSource = 'investments' | 'bank';

export interface TableEntry {
  readonly provider: string;
  readonly source: TransactionSource;
  /** The provider's words; `*` is any that no other row names. */
  readonly type: string;
  readonly subtype: string;
  readonly when: When;
  readonly kind: TransactionKind;
  readonly units: UnitsRule;
  readonly cash: CashRule;
  readonly flow: Flow;
  /** The word itself says that it has not happened yet. */
  readonly pending: boolean;
  /** Where it is not obvious. */
  readonly why: string;
}

/** type, subtype, kind, units, cash, flow, and what else there is to say. */
export type Row = readonly [type: string, subtype: string, kind: TransactionKind, units: UnitsRule, cash: CashRule, flow: Flow, more?: { readonly when?: When; readonly pending?: boolean; readonly why?: string }];

export function entries(provider: string, source: TransactionSource, rows: readonly Row[]): readonly TableEntry[] {
  return rows.map(([type, subtype, kind, units, cash, flow, more = {}]) => ({ provider, source, type, subtype, when: more.when ?? 'always', kind, units, cash, flow, pending: more.pending ?? false, why: more.why ?? '' }));
}
