/** Quotes by asking for them: where there is no socket. One call takes many symbols, so what it costs hardly depends on how many people watch. */
import type { ProviderLog } from '@tidemark/providers';
import type { FmpClient } from '../../price-source/fmp/fmp-client.js';
import { readBatchQuotes } from './fmp-wire.js';
import type { OpenQuotes } from './quote.js';

export interface PollOptions {
  readonly client: FmpClient;
  readonly everyMs: number;
  readonly log: ProviderLog;
}

/** Symbols in one call; an address must not grow without bound. */
const BATCH = 200;

export function pollFmp({ client, everyMs, log }: PollOptions): OpenQuotes {
  return (listener) => {
    let followed: ReadonlySet<string> = new Set();
    let closed = false;
    let timer: NodeJS.Timeout | undefined;
    let running: Promise<void> | null = null;

    const ask = async (symbols: readonly string[]): Promise<void> => {
      const answer = await client.get('batchQuote', 'batch-quote', { symbols: symbols.join(',') }, readBatchQuotes);
      if (!answer.ok) return log.warn({ source: 'fmp', cause: answer.error.detail }, 'quotes could not be fetched; they are asked for again');
      if (closed) return;
      for (const quote of answer.value) {
        if (quote) listener.quote(quote);
        else listener.malformed();
      }
    };
    const round = async (): Promise<void> => {
      const symbols = [...followed];
      for (let from = 0; from < symbols.length && !closed; from += BATCH) await ask(symbols.slice(from, from + BATCH));
    };
    const next = (waitMs: number): void => {
      timer = setTimeout(() => {
        running = round()
          .catch((error: unknown) => log.error({ err: error }, 'quotes could not be fetched'))
          .finally(() => {
            running = null;
            if (!closed) next(everyMs);
          });
      }, waitMs);
    };
    next(0);
    return {
      follow: (symbols) => {
        const more = [...symbols].some((symbol) => !followed.has(symbol));
        followed = symbols;
        // Somebody waits for the first price of what is new.
        if (more && !running && !closed) {
          clearTimeout(timer);
          next(50);
        }
      },
      close: async () => {
        closed = true;
        clearTimeout(timer);
        await running;
      },
    };
  };
}
