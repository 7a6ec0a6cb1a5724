/** Reads what the market says of the given lines and currencies at the given instants, and nothing where none of them needs it. */
import type { BalanceLine } from '@tidemark/contracts';
import { lastClosedDay } from '@tidemark/market';
import { isCash } from '@tidemark/money';
import type { SqlClient } from '@tidemark/postgres';
import { readNewestCloses } from '../projections/market/query.js';
import { MarketView } from '../valuation/market-view.js';
import { noRates } from '../valuation/rate.js';
import type { RateOf } from '../valuation/rate.js';

interface Lines {
  readonly currency: string;
  readonly balances: readonly BalanceLine[];
}

export async function loadMarket(client: SqlClient, snapshots: readonly Lines[], base: string | null, instants: readonly string[]): Promise<MarketView> {
  const assets = new Set<string>();
  const currencies = new Set(base === null ? [] : [base]);
  for (const { currency, balances } of snapshots) {
    currencies.add(currency);
    for (const line of balances) {
      if (isCash(line.asset)) currencies.add(line.asset.slice('currency:'.length));
      else assets.add(line.asset);
      if (line.currency) currencies.add(line.currency);
    }
  }
  return new MarketView(await readNewestCloses(client, [...assets], [...currencies], [...new Set(instants.map((at) => lastClosedDay(at)))]));
}

/** The rates at which each snapshot is added up in its own currency, at the instant that it was captured. */
export async function ratesOf(client: SqlClient, snapshots: readonly (Lines & { readonly captured_at: string })[]): Promise<RateOf> {
  const mixed = snapshots.filter(({ currency, balances }) => balances.some((line) => (line.currency ?? currency) !== currency || (isCash(line.asset) && line.asset !== `currency:${currency}`)));
  if (mixed.length === 0) return noRates;
  const currencies = mixed.map(({ currency, balances }) => ({ currency, balances: balances.filter((line) => isCash(line.asset) || line.currency).map((line) => (isCash(line.asset) ? line : { ...line, asset: `currency:${line.currency ?? currency}` })) }));
  return (await loadMarket(client, currencies, null, mixed.map((one) => one.captured_at))).rate;
}
