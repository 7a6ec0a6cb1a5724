/**
 * Rates that nobody has asked for before: those of a currency that a user looks through, which no account of anybody is in. Asked for once a day
 * at the most, for two years, and waited for a moment, because the source answers within one; what is not there by then is the next time. There
 * are as many of them as there are currencies, so they need no limit.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { MS_A_DAY } from '@tidemark/market';
import { isCurrency } from '@tidemark/money';
import { FIRST_ASK_DAYS, lastAskable } from './ask.decide.js';
import type { PriceDeps } from './deps.js';
import { NO_RUN } from './want.js';
import type { RunWants } from './want.js';

const TURNS = 10;
const TURN_MS = 150;

export function rateFetcher({ source, database, clock, logger }: Pick<PriceDeps, 'source' | 'database' | 'clock' | 'logger'>, want: (runs: readonly RunWants[]) => Promise<unknown>): (symbols: readonly string[]) => Promise<boolean> {
  const asked = new Map<string, number>();
  const isComing = async (symbols: readonly string[]) => (await database.query('SELECT 1 FROM price_want w JOIN price_series s USING (symbol) WHERE w.symbol = ANY($1::text[]) AND NOT s.final LIMIT 1', [symbols])).rowCount > 0;
  return async (symbols) => {
    const now = clock.now();
    const fresh = source === null ? [] : symbols.filter((symbol) => now - (asked.get(symbol) ?? -Infinity) > MS_A_DAY && isCurrency(symbol.slice(0, 3)));
    if (fresh.length === 0) return false;
    for (const symbol of fresh) asked.set(symbol, now);
    try {
      const to = lastAskable('fx', '', now);
      await want([{ runId: NO_RUN, wants: fresh.map((symbol) => ({ symbol, kind: 'fx', from: to - FIRST_ASK_DAYS, to })) }]);
      for (let turn = 0; turn < TURNS && (await isComing(fresh)); turn += 1) await sleep(TURN_MS);
      return true;
    } catch (error) {
      // The answer is as good without: null, with its reason.
      for (const symbol of fresh) asked.delete(symbol);
      logger.warn({ err: error, symbols: fresh }, 'rates could not be asked for; they are the next time');
      return false;
    }
  };
}
