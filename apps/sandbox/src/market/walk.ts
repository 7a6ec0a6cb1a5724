/**
 * Made-up daily prices that need no storage: a walk in whole units of the last digit, drawn from (seed, name, day), that goes through a known
 * price on a known day. The same question has the same answer for ever: a day's close does not change when later days come.
 */
const BASIS = 10_000n;

/** A well-mixed 32-bit number of a text and a number. */
export function draw(text: string, number: number): number {
  return mixed(hashOf(text), number);
}

function hashOf(text: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
  return hash;
}

function mixed(text: number, number: number): number {
  let hash = Math.imul(text ^ number, 2_654_435_761);
  hash = Math.imul(hash ^ (hash >>> 16), 2_246_822_507);
  hash = Math.imul(hash ^ (hash >>> 13), 3_266_489_909);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Hundredths of a percent that a day moves, from −spread to +spread with a slight drift upwards. */
function move(name: number, day: number, spread: number): bigint {
  return BigInt((mixed(name, day) % (2 * spread + 1)) - spread + 3);
}

const halfUp = (numerator: bigint, denominator: bigint): bigint => (numerator + denominator / 2n) / denominator;

/**
 * @param name whose walk it is, seed included
 * @param days with a price, ascending
 * @param anchor the price (in units of the last digit, > 0) on the day `at`, or on the newest of `days` before it
 * @param spread how far a day moves at most, in hundredths of a percent; 0 = never
 */
export function walk(name: string, days: readonly number[], anchor: { at: number; units: bigint }, spread: number): bigint[] {
  const prices = new Array<bigint>(days.length).fill(anchor.units);
  if (spread === 0) return prices;
  const hash = hashOf(name);
  let start = days.findLastIndex((day) => day <= anchor.at);
  if (start < 0) start = 0;
  const least = (units: bigint): bigint => (units < 1n ? 1n : units);
  for (let i = start + 1; i < days.length; i += 1) prices[i] = least(halfUp(prices[i - 1]! * (BASIS + move(hash, days[i]!, spread)), BASIS));
  for (let i = start - 1; i >= 0; i -= 1) prices[i] = least(halfUp(prices[i + 1]! * BASIS, BASIS + move(hash, days[i + 1]!, spread)));
  return prices;
}
