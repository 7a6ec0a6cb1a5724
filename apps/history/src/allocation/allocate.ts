/**
 * What the whole is made of: by class, sector, account, provider or currency. Slices sum to the total of the portfolio's value, and their
 * percents, rounded by largest remainder, to exactly 100.
 *
 * What is owed or sold short makes a slice smaller, or negative: then it has a negative percent, the others are more than the whole between
 * them, and the answer says so (`negative_value`). Shares of a total that is not above zero mean nothing: all percents are null then.
 */
import type { historyRpc } from '@tidemark/contracts';
import { absolute, compare, isNegative, parseAssetId, percentages } from '@tidemark/money';
import type { Decimal } from '@tidemark/money';
import { why } from '../returns/figure.js';
import type { Why } from '../returns/figure.js';
import type { HeldLine } from './held-lines.js';
import { sumKnown } from './total.js';
import type { Held } from './total.js';

export type By = 'class' | 'sector' | 'account' | 'provider' | 'currency';
export type Slice = historyRpc.Allocation['slices'][number];

export const CLASS_NAMES = { cash: 'Cash', equity: 'Equities', etf: 'ETFs', fund: 'Funds', bond: 'Bonds', option: 'Options', crypto: 'Crypto', other: 'Other' } as const;
export type AssetClass = keyof typeof CLASS_NAMES;

/** @param sectorOf where something knows the sector of an asset */
export function allocate(held: Held, by: By, sectorOf: (asset: string) => string | null = () => null): { slices: Slice[]; reasons: Why[] } {
  const groups = new Map<string, { name: string; values: (Decimal | null)[] }>();
  for (const line of held.lines) {
    const { key, name } = keyOf(line, by, sectorOf);
    const group = groups.get(key) ?? { name, values: [] };
    group.values.push(line.value);
    groups.set(key, group);
  }
  const unsorted = [...groups].map(([key, { name, values }]) => ({ key, name, value: sumKnown(values) }));
  const rows = unsorted.sort((a, b) => compare(absolute(b.value ?? '0'), absolute(a.value ?? '0')) || (a.key < b.key ? -1 : 1));
  const percents = percentages(rows.flatMap(({ value }) => (value === null ? [] : [value])));
  let next = 0;
  const slices = rows.map((row) => ({ ...row, percent: row.value === null ? null : (percents[next++] ?? null) }));
  return { slices, reasons: [...held.reasons, ...negative(held, slices)] };
}

export function classOf(asset: string): AssetClass {
  const kind = parseAssetId(asset)?.kind;
  if (kind === 'currency') return 'cash';
  return kind === undefined || kind === 'provider' ? 'other' : kind;
}

function keyOf(line: HeldLine, by: By, sectorOf: (asset: string) => string | null): { key: string; name: string } {
  switch (by) {
    case 'class': {
      const key = classOf(line.asset);
      return { key, name: CLASS_NAMES[key] };
    }
    case 'sector': {
      const sector = line.cash ? CLASS_NAMES.cash : sectorOf(line.asset);
      return sector === null ? { key: 'unknown', name: 'Unknown' } : { key: line.cash ? 'cash' : sector, name: sector };
    }
    case 'account':
      return { key: line.account.accountId, name: line.account.name };
    case 'provider':
      return { key: line.account.provider, name: line.account.provider };
    case 'currency':
      return line.currency === null ? { key: 'unknown', name: 'Unknown' } : { key: line.currency, name: line.currency };
  }
}

function negative({ total }: Held, slices: readonly Slice[]): Why[] {
  if (total !== null && slices.length > 0 && compare(total, '0') <= 0) return [why('negative_value', `The total is ${total}: shares of it mean nothing.`)];
  const below = slices.filter(({ value }) => value !== null && isNegative(value));
  return below.map(({ name, value }) => why('negative_value', `${name} is ${value}, owed or sold short: the other slices are more than the whole between them.`));
}
