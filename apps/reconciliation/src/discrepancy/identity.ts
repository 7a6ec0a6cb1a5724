/** A discrepancy is the same one as long as account, asset, kind and period are: the period is named by the basis that it begins with. */
import type { Basis, DiscrepancyKind } from '@tidemark/contracts';
import { uuidV5 } from '@tidemark/kernel';
import type { AssetId } from '@tidemark/money';

/** Root of the ids of discrepancies. Never change it: ids of stored events depend on it. */
const NAMESPACE = '7c1f0f7e-52a4-5d0b-9a55-3f6b0c9d8e21';

export function discrepancyId(accountId: string, asset: AssetId, kind: DiscrepancyKind, basis: Pick<Basis, 'kind' | 'id'>): string {
  return uuidV5(NAMESPACE, `${accountId}/${asset}/${kind}/${basis.kind}/${basis.id}`);
}
