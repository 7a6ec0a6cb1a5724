/** The closes and splits of a generated world in the form that the reconstruction takes, by asset. */
import type { World } from '@tidemark/app-sandbox';
import { dayNumber } from '@tidemark/market';
import { assetId, exact, scaled } from '@tidemark/money';
import type { AssetId } from '@tidemark/money';
import type { ClosesOf, PreparedCloses } from '../apps/history/src/reconstruction/model.js';

type Security = World['securities'][number];

/** The asset that both providers' mapping makes of a generated security. */
export function assetOf({ kind, symbol, cusip }: Security): AssetId {
  if (kind === 'bond') return assetId('bond', cusip!);
  const kinds = { equity: 'equity', etf: 'etf', fund: 'fund', crypto: 'crypto', option: 'option', money_market: 'fund' } as const;
  return assetId(kinds[kind as keyof typeof kinds], symbol!);
}

const known = new WeakMap<World['securities'], WeakMap<World['prices']['daily'], ClosesOf>>();

/** The same closes are prepared once. */
export function closesOf(world: World, to: string): ClosesOf {
  const ofSecurities = known.get(world.securities) ?? new WeakMap<World['prices']['daily'], ClosesOf>();
  known.set(world.securities, ofSecurities);
  const closes = ofSecurities.get(world.prices.daily) ?? preparedOf(world, to);
  ofSecurities.set(world.prices.daily, closes);
  return closes;
}

function preparedOf(world: World, to: string): ClosesOf {
  const rows = Map.groupBy(world.prices.daily, ({ security }) => security);
  const securities = new Map(world.securities.map((security) => [assetOf(security), security]));
  const prepared = new Map<AssetId, PreparedCloses | null>();
  return (asset) => {
    const done = prepared.get(asset);
    if (done !== undefined) return done;
    const security = securities.get(asset);
    const closes = security === undefined ? null : prepare(world, security, rows.get(security.id) ?? [], dayNumber(to));
    prepared.set(asset, closes);
    return closes;
  };
}

function prepare(world: World, security: Security, rows: World['prices']['daily'], to: number): PreparedCloses | null {
  if (rows.length === 0) return null;
  const scale = Math.max(...rows.map(({ close }) => exact(close).scale));
  const ofDay = new Map(rows.map(({ date, close }) => [dayNumber(date), scaled(exact(close), scale)]));
  const firstDay = Math.min(...ofDay.keys());
  const newest: (bigint | null)[] = [];
  const age = new Int16Array(to - firstDay + 1);
  for (let day = firstDay; day <= to; day += 1) {
    const close = ofDay.get(day);
    newest.push(close ?? newest.at(-1)!);
    age[day - firstDay] = close === undefined ? age[day - firstDay - 1]! + 1 : 0;
  }
  const splits = world.corporateActions
    .filter((action) => action.security === security.id && action.kind === 'split')
    .map(({ date, numerator, denominator }) => ({ day: dayNumber(date), numerator: numerator!, denominator: denominator! }));
  return { symbol: security.symbol ?? security.id, currency: security.currency, firstDay, scale, newest, age, splits };
}
