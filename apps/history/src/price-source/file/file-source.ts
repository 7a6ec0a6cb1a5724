/** Prices from a file of the operator's own: read at the first question and again whenever the file has changed. Costs nothing and knows no numbers. */
import { readFile, stat } from 'node:fs/promises';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { Answer, PriceFailure, PriceSource } from '../price-source.js';
import { readPriceFile } from './read-price-file.js';
import type { FileSeries } from './read-price-file.js';

type Series = ReadonlyMap<string, FileSeries>;

export function fileSource(path: string): PriceSource {
  let read: { readonly changed: number; readonly size: number; readonly series: Result<Series, PriceFailure> } | null = null;

  async function series(): Promise<Result<Series, PriceFailure>> {
    try {
      const { mtimeMs, size } = await stat(path);
      if (read?.changed !== mtimeMs || read.size !== size) {
        const parsed = readPriceFile(await readFile(path, 'utf8'), path.endsWith('.json') ? 'json' : 'csv');
        read = { changed: mtimeMs, size, series: parsed.ok ? parsed : refuse({ class: 'final', detail: `PRICE_FILE is wrong: ${parsed.error.join('; ')}`, retryAfterMs: null }) };
      }
      return read.series;
    } catch (error) {
      return refuse({ class: 'retry', detail: `PRICE_FILE cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`, retryAfterMs: null });
    }
  }
  const of = async <T>(symbol: string, take: (found: FileSeries | null) => T): Answer<T> => {
    const all = await series();
    return all.ok ? ok(take(all.value.get(symbol) ?? null)) : all;
  };
  return {
    id: 'file',
    daysACall: 100_000,
    identifiers: [],
    closes: (symbol, _kind, from, to) => of(symbol, (found) => ({ currency: found?.currency ?? null, closes: found?.closes.filter(({ day }) => day >= from && day <= to) ?? [] })),
    splits: (symbol) => of(symbol, (found) => found?.splits ?? []),
    profile: (symbol, kind) => of(symbol, (found) => (found ? { symbol, kind: kind === 'crypto' ? 'crypto' : 'security', name: found.name, currency: found.currency, cusip: null, isin: null } : null)),
    byIdentifier: async () => ok([]),
    byName: async () => {
      const all = await series();
      return all.ok ? ok([...all.value].filter(([, { name }]) => name !== null).map(([symbol, { name, currency }]) => ({ symbol, name, currency }))) : all;
    },
  };
}
