/** Exchanges that quote in hundredths of a currency, as price sources write them: pence in London, cents in Johannesburg, agorot in Tel Aviv. */
import { isCurrency } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';

const HUNDREDTHS: Readonly<Record<string, string>> = { GBp: 'GBP', GBX: 'GBP', GBx: 'GBP', ZAc: 'ZAR', ZAC: 'ZAR', ILA: 'ILS', ILa: 'ILS' };

/** The currency itself and what a quote is multiplied with to be in it; null where the text is no currency. */
export function majorCurrency(quoted: string): { readonly currency: string; readonly factor: Decimal } | null {
  const major = HUNDREDTHS[quoted];
  if (major !== undefined) return { currency: major, factor: '0.01' };
  return isCurrency(quoted) ? { currency: quoted, factor: '1' } : null;
}
