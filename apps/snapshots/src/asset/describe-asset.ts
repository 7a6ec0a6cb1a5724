/** What is known of an asset from its id and the newest line of the user's that names it; the rest is null, never an error. */
import type { BalanceLine, snapshotsRpc } from '@tidemark/contracts';
import { parseAssetId } from '@tidemark/money';
import { assetRef } from './asset-ref.js';
import { parseOcc } from './option-contract.js';

/** @param held the newest line that names it, and whether an account that holds it can trade; null where none does */
export function describeAsset(id: string, held: { line: BalanceLine; trading: boolean } | null): snapshotsRpc.Asset {
  const { line, trading } = held ?? { line: null, trading: null };
  const parsed = parseAssetId(id);
  const contract = parsed?.kind === 'option' ? parseOcc(parsed.symbol) : null;
  return {
    ...assetRef(id, line ?? {}),
    sector: null,
    industry: null,
    identifiers: { cusip: line?.identifiers?.cusip ?? bondCode(parsed, 9), isin: line?.identifiers?.isin ?? bondCode(parsed, 12), figi: line?.identifiers?.figi ?? null },
    optionContract: contract,
    fixedIncome: null,
    tradable: parsed?.kind === 'currency' ? false : trading,
  };
}

/** A bond's id is its CUSIP (9 characters) or its ISIN (12). */
function bondCode(parsed: { kind: string; symbol: string } | null, length: number): string | null {
  return parsed?.kind === 'bond' && parsed.symbol.length === length ? parsed.symbol : null;
}
