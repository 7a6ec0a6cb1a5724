export { absolute, add, compare, decimal, divide, isDecimal, isNegative, isZero, multiply, negate, parseDecimal, round, STORED_DIGITS, subtract, sum } from './decimal.js';
export type { Decimal } from './decimal.js';
export { exact, halfEven, powerOfTen, scaled, written, writtenPlain } from './exact.js';
export type { Exact } from './exact.js';
export { percentages } from './percentages.js';
export { displayDigits, isCurrency } from './currency.js';
export { ASSET_KINDS, assetId, isCash, parseAssetId } from './asset.js';
export type { AssetId, AssetKind } from './asset.js';
