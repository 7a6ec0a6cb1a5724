/**
 * Keeps what the market says of securities and currencies: which symbol an asset is, and the closes of symbols as they were quoted on
 * their day. It folds the log `history` alone; what is said later of the same asset or day stands. Shared by all users.
 */
import type { EventEnvelope, PricesObserved, SymbolMapped, SymbolUnmapped } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';
import type { Projection } from '@tidemark/projections';

export const market: Projection = {
  name: 'market',
  logs: ['history'],
  async apply(tx, events) {
    await keepSymbols(tx, events);
    await keepCloses(tx, events.filter((event) => event.type === 'PricesObserved') as EventEnvelope<PricesObserved>[]);
  },
};

async function keepSymbols(tx: SqlClient, events: readonly EventEnvelope[]): Promise<void> {
  const last = new Map<string, SymbolMapped | null>();
  for (const event of events) {
    if (event.type === 'SymbolMapped') last.set((event.data as SymbolMapped).asset, event.data as SymbolMapped);
    if (event.type === 'SymbolUnmapped') last.set((event.data as SymbolUnmapped).asset, null);
  }
  const mapped = [...last.values()].filter((data) => data !== null);
  const unmapped = [...last].filter(([, data]) => data === null).map(([asset]) => asset);
  if (unmapped.length > 0) await tx.query('DELETE FROM market_symbol WHERE asset = ANY($1)', [unmapped]);
  if (mapped.length === 0) return;
  await tx.query(
    `INSERT INTO market_symbol (asset, symbol, currency) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
     ON CONFLICT (asset) DO UPDATE SET symbol = excluded.symbol, currency = excluded.currency`,
    [mapped.map((data) => data.asset), mapped.map((data) => data.symbol), mapped.map((data) => data.currency)],
  );
}

async function keepCloses(tx: SqlClient, events: readonly EventEnvelope<PricesObserved>[]): Promise<void> {
  const last = new Map<string, { symbol: string; day: string; close: string }>();
  for (const { data } of events) for (const { day, close } of data.prices) last.set(`${data.symbol} ${day}`, { symbol: data.symbol, day, close });
  const closes = [...last.values()];
  if (closes.length === 0) return;
  await tx.query(
    `INSERT INTO market_close (symbol, day, close) SELECT * FROM unnest($1::text[], $2::date[], $3::numeric[])
     ON CONFLICT (symbol, day) DO UPDATE SET close = excluded.close WHERE market_close.close IS DISTINCT FROM excluded.close`,
    [closes.map((one) => one.symbol), closes.map((one) => one.day), closes.map((one) => one.close)],
  );
}
