/**
 * What the reconstruction and the end of day both say of days, in one place: a reason is the same one, whoever says it, only where its
 * words are. Else a day that is the same would be written as another.
 */
import type { AssetId } from '@tidemark/money';
import type { ReasonCode } from './model.js';
import { FRESH_DAYS } from './quality.js';

export interface Words {
  readonly code: ReasonCode;
  /** `$asset` stands for the asset. */
  readonly detail: string;
}

export const SAID = {
  stale: { code: 'price_stale', detail: `The newest price of $asset is older than ${FRESH_DAYS} days.` },
  supplied: { code: 'price_supplied_by_account', detail: 'No market price of $asset is newer than the one that the account supplied.' },
  missing: { code: 'price_missing', detail: 'No price of $asset is known.' },
  basis: { code: 'cost_basis_missing', detail: 'What $asset was bought for is not known.' },
  carried: { code: 'carried', detail: 'No snapshot of this day or a later one confirms the units.' },
} as const satisfies Record<string, Words>;

export function detailOf({ detail }: Words, asset: AssetId | undefined): string {
  return asset === undefined ? detail : detail.replace('$asset', () => asset);
}

const BOTH: readonly Words[] = Object.values(SAID);

/** Whether the end of day says this too, of any account. */
export function isSaidByBoth({ code, detail, asset }: { readonly code: ReasonCode; readonly detail: string; readonly asset?: AssetId }): boolean {
  return BOTH.some((words) => words.code === code && detailOf(words, asset) === detail);
}
