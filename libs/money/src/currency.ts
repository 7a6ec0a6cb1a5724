/** ISO 4217 as the runtime's own ICU data knows it, so that the list is kept up with the runtime. */
const KNOWN: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

export function isCurrency(code: unknown): code is string {
  return typeof code === 'string' && KNOWN.has(code);
}

/** Digits after the point in which a currency is shown to people (JPY 0, USD 2, BHD 3). */
export function displayDigits(code: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions().maximumFractionDigits ?? 2;
}
