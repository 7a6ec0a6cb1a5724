/** What one unit of each currency cost in dollars, day by day, as history observed it. What is said later of the same day stands. */
import type { PricesObserved } from '@tidemark/contracts';
import type { Projection } from '@tidemark/projections';

export const rates: Projection = {
  name: 'rates',
  logs: ['history'],
  async apply(tx, events) {
    const last = new Map<string, { currency: string; day: string; close: string }>();
    for (const event of events) {
      if (event.type !== 'PricesObserved') continue;
      const { symbol, kind, prices } = event.data as PricesObserved;
      const currency = /^([A-Z]{3})USD$/.exec(symbol)?.[1];
      if (kind !== 'fx' || currency === undefined) continue;
      for (const { day, close } of prices) last.set(`${currency} ${day}`, { currency, day, close });
    }
    const rows = [...last.values()];
    if (rows.length === 0) return;
    await tx.query(
      `INSERT INTO fx_close (currency, day, close) SELECT * FROM unnest($1::text[], $2::date[], $3::numeric[]) ON CONFLICT (currency, day) DO UPDATE SET close = excluded.close`,
      [rows.map((row) => row.currency), rows.map((row) => row.day), rows.map((row) => row.close)],
    );
  },
};
