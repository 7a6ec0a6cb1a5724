/** An asset named for people: what its id says, and what the line that holds it adds. */
import type { BalanceLine } from '@tidemark/contracts';
import { parseAssetId } from '@tidemark/money';

export interface NamedAsset {
  id: string;
  kind: string;
  symbol: string | null;
  name: string | null;
}

/** A provider's own code is no market symbol: for `provider:` assets only what the line calls its symbol is one. */
export function assetRef(asset: string, line: Pick<BalanceLine, 'name' | 'symbol'> = {}): NamedAsset {
  const parsed = parseAssetId(asset);
  const kind = parsed?.kind ?? 'other';
  const fromId = kind === 'provider' || kind === 'other' ? null : (parsed?.symbol ?? null);
  return { id: asset, kind, symbol: fromId ?? line.symbol ?? null, name: line.name ?? null };
}
