/**
 * The currency a snapshot is stated in, never guessed: what the provider says of the account, else the one currency that all its
 * lines share. Where neither is an ISO 4217 code the account has no currency, and no snapshot of it can be made.
 */
import type { BalanceLine } from '@tidemark/contracts';
import { isCash, isCurrency, parseAssetId } from '@tidemark/money';

export function accountCurrency(stated: readonly (string | null)[], lines: readonly BalanceLine[]): string | null {
  const given = stated.find((code) => isCurrency(code));
  if (given) return given;
  const seen = new Set(lines.map(currencyOfLine).filter((code) => code !== null));
  return seen.size === 1 ? ([...seen][0] ?? null) : null;
}

function currencyOfLine(line: BalanceLine): string | null {
  const code = isCash(line.asset) ? (parseAssetId(line.asset)?.symbol ?? null) : (line.currency ?? null);
  return isCurrency(code) ? code : null;
}
