/** Stands where no price source is set: nothing is mapped, and what the accounts themselves were told is all that is known. */
import type { PriceReads } from '../reads/read-context.js';
import type { PriceSupply } from './deps.js';

export const noPrices: PriceSupply & PriceReads = {
  symbolsOf: (assets) => Promise.resolve(new Map(assets.map(({ asset }) => [asset, null]))),
  want: () => Promise.resolve(new Set()),
  closes: () => Promise.resolve(new Map()),
  symbolsFor: (assets) => Promise.resolve(new Map(assets.map((asset) => [asset, null]))),
  ratesFor: () => Promise.resolve({ rate: (currency, base) => (currency === base ? '1' : null), age: (currency, base) => (currency === base ? 0 : null) }),
};
