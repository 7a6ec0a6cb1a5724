/** What operators watch of live values. */
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

export interface IntradayMetrics {
  /** `taken`, or why it was dropped. */
  readonly quote: (result: string) => void;
  readonly watched: (watches: number, users: number) => void;
  /** One round: pushes that came of it, and how long it took. */
  readonly round: (pushes: number, tookMs: number) => void;
}

export function intradayMetrics(registry: Registry): IntradayMetrics {
  const registers = [registry];
  const quotes = new Counter({ name: 'tidemark_quotes_total', help: 'Quotes that were taken, or dropped and why', labelNames: ['result'], registers });
  const watches = new Gauge({ name: 'tidemark_live_watches', help: 'Live values that this replica computes', registers });
  const users = new Gauge({ name: 'tidemark_live_users', help: 'Users whose live values this replica computes', registers });
  const pushes = new Counter({ name: 'tidemark_live_pushes_total', help: 'Live values that were published', registers });
  const rounds = new Histogram({ name: 'tidemark_live_round_seconds', help: 'From the quotes that gathered to the values that were published', buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1], registers });
  return {
    quote: (result) => quotes.inc({ result }),
    watched: (watchCount, userCount) => {
      watches.set(watchCount);
      users.set(userCount);
    },
    round: (count, tookMs) => {
      pushes.inc(count);
      rounds.observe(tookMs / 1_000);
    },
  };
}
