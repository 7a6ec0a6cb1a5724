/**
 * Names of institutions are compared without case, accents, punctuation and spaces, so that "E*TRADE", "E-Trade" and "etrade"
 * are one. Letters of every script stay.
 */
export function nameKey(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('&', 'and')
    .replace(/[^\p{Letter}\p{Number}]/gu, '');
}
