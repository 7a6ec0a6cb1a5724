/** The class of an asset, for tolerances: by its id. What only one provider has a name for (perpetuals, plans' own funds) is `other`. */
import type { ToleranceClass } from '@tidemark/contracts';
import { parseAssetId } from '@tidemark/money';
import type { AssetId, AssetKind } from '@tidemark/money';

const CLASSES: Record<AssetKind, ToleranceClass> = { currency: 'cash', equity: 'equity', etf: 'etf', fund: 'fund', bond: 'bond', option: 'option', crypto: 'crypto', provider: 'other' };

export function classOf(asset: AssetId): ToleranceClass {
  const parsed = parseAssetId(asset);
  return parsed === null ? 'other' : CLASSES[parsed.kind];
}
