/** Three kinds of series: a security trades by its exchange's calendar, crypto every day, a currency Monday to Friday and is `<CUR>USD`. */
export type PriceKind = 'security' | 'crypto' | 'fx';

/** The series of a currency: dollars for one unit of it. */
export function fxSymbol(currency: string): string {
  return `${currency}USD`;
}
