/** What explanations are looked for in, and what a rule proposes. */
import type { Basis, Evidence, ExplanationKind } from '@tidemark/contracts';
import type { AssetId, Decimal } from '@tidemark/money';
import type { ComparedLine } from '../comparison/compare.js';
import type { AccountMove } from '../expectation/account-move.js';
import type { PlacedState } from '../expectation/expected-against.js';
import type { ExpectedState } from '../expectation/expected-state.js';
import type { Sweeps } from '../expectation/stated.js';

/** Another account of the same user, as far as it is known. */
export interface OwnAccount {
  readonly accountId: string;
  readonly name: string;
  /** The account that it is flagged to be the same as; null where nobody says so. */
  readonly duplicateOf: string | null;
  /** Of its newest snapshot. */
  readonly quantities: ReadonlyMap<AssetId, Decimal>;
  /** actual − expected by asset, where it differs: of this run if it was compared already, else of what is open. */
  readonly differences: ReadonlyMap<AssetId, Decimal>;
  /** Its transactions of about the same period that cross its border. */
  readonly flows: readonly AccountMove[];
}

export interface ExplanationInput {
  readonly accountId: string;
  readonly duplicateOf: string | null;
  readonly basis: Basis;
  readonly state: ExpectedState & Partial<PlacedState>;
  /** All that the other side states: it tells to how many digits. */
  readonly actual: ReadonlyMap<AssetId, Decimal>;
  readonly timeZone: string;
  /** The instant that the other side is of. */
  readonly until: string;
  /** What the provider says its data is of. */
  readonly providerAsOf: string | null;
  readonly sweeps?: Sweeps;
  readonly others: readonly OwnAccount[];
}

/** A difference, and what of it nothing has explained yet: never zero, of the sign of the difference. */
export interface Unexplained {
  readonly line: ComparedLine;
  readonly rest: Decimal;
}

/** `quantity` is of the sign of the rest and no larger. */
export interface Proposal {
  readonly kind: ExplanationKind;
  readonly quantity: Decimal;
  /** 0 to 100; docs/reconciliation.md says what each rule gives. */
  readonly confidence: number;
  readonly summary: string;
  readonly evidence: readonly Evidence[];
}

/** @returns the best that this cause could be, or null where it is none */
export type Rule = (left: Unexplained, input: ExplanationInput) => Proposal | null;
