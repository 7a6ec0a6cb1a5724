/**
 * A discrepancy is the same one as long as account, asset, kind and period are. The period is named by the basis that it begins with, and by
 * what a person has accepted of this asset since: what comes after that is another one, and the one that they ended stays as they ended it.
 */
import type { Basis, DiscrepancyKind } from '@tidemark/contracts';
import { uuidV5 } from '@tidemark/kernel';
import type { AssetId } from '@tidemark/money';

/** Root of the ids of discrepancies. Never change it: ids of stored events depend on it. */
const NAMESPACE = '7c1f0f7e-52a4-5d0b-9a55-3f6b0c9d8e21';

export function discrepancyId(accountId: string, asset: AssetId, kind: DiscrepancyKind, basis: Pick<Basis, 'kind' | 'id'>, accepted = ''): string {
  return uuidV5(NAMESPACE, `${accountId}/${asset}/${kind}/${basis.kind}/${basis.id}${accepted === '' ? '' : `/${accepted}`}`);
}
