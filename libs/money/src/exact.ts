/**
 * The numbers behind decimal strings: digits × 10^−scale, digits a BigInt. Every sum, difference and product is exact by nature, and
 * the engine's own integers do it several times faster than a library of digit arrays does: a portfolio is thousands of them.
 */
export interface Exact {
  readonly digits: bigint;
  /** Digits after the point, ≥ 0. */
  readonly scale: number;
}

const PLAIN = /^-?\d+(\.\d+)?$/;
const WIRE = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$/;
const POWERS: bigint[] = [1n];

export function powerOfTen(exponent: number): bigint {
  for (let next = POWERS.length; next <= exponent; next += 1) POWERS.push((POWERS[next - 1] as bigint) * 10n);
  return POWERS[exponent] as bigint;
}

/** @throws where the text is no number */
export function exact(text: string): Exact {
  if (PLAIN.test(text)) return withoutPoint(text);
  if (!WIRE.test(text)) throw new Error(`not a decimal: ${text}`);
  const [mantissa = '', exponent = '0'] = text.split(/[eE]/);
  const { digits, scale } = withoutPoint(mantissa);
  const moved = scale - Number(exponent);
  return moved >= 0 ? { digits, scale: moved } : { digits: digits * powerOfTen(-moved), scale: 0 };
}

function withoutPoint(text: string): Exact {
  const point = text.indexOf('.');
  if (point < 0) return { digits: BigInt(text), scale: 0 };
  return { digits: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1 };
}

/** Plain digits: no exponent, no plus, no trailing zeros after the point, no negative zero. */
export function written({ digits, scale }: Exact): string {
  if (scale === 0 || digits === 0n) return digits.toString();
  const negative = digits < 0n;
  const text = (negative ? -digits : digits).toString().padStart(scale + 1, '0');
  let end = text.length;
  const point = text.length - scale;
  while (end > point && text.charCodeAt(end - 1) === 48) end -= 1;
  const fraction = end > point ? `.${text.slice(point, end)}` : '';
  return `${negative ? '-' : ''}${text.slice(0, point)}${fraction}`;
}

/** As `written`, of a whole number below 2^53. */
export function writtenPlain(digits: number, scale: number): string {
  if (scale === 0 || digits === 0) return String(digits === 0 ? 0 : digits);
  const size = String(Math.abs(digits)).padStart(scale + 1, '0');
  const point = size.length - scale;
  let end = size.length;
  while (end > point && size.charCodeAt(end - 1) === 48) end -= 1;
  return `${digits < 0 ? '-' : ''}${size.slice(0, point)}${end > point ? `.${size.slice(point, end)}` : ''}`;
}

export function scaled(value: Exact, scale: number): bigint {
  return value.scale === scale ? value.digits : value.digits * powerOfTen(scale - value.scale);
}

/** numerator / denominator, half to even. */
export function halfEven(numerator: bigint, denominator: bigint): bigint {
  const [n, d] = denominator < 0n ? [-numerator, -denominator] : [numerator, denominator];
  const quotient = n / d;
  const twice = (n % d) * 2n;
  const size = twice < 0n ? -twice : twice;
  if (size < d || (size === d && quotient % 2n === 0n)) return quotient;
  return n < 0n ? quotient - 1n : quotient + 1n;
}
