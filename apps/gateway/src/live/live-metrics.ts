/** What operators watch of live sockets. */
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

export interface LiveMetrics {
  readonly opened: () => void;
  /** By the code that it was closed with. */
  readonly closed: (code: number) => void;
  readonly sent: () => void;
  readonly superseded: () => void;
}

export function liveMetrics(registry: Registry): LiveMetrics {
  const registers = [registry];
  const sockets = new Gauge({ name: 'tidemark_live_sockets', help: 'Live sockets that are open', registers });
  const closes = new Counter({ name: 'tidemark_live_closes_total', help: 'Live sockets that ended, by close code', labelNames: ['code'], registers });
  const sent = new Counter({ name: 'tidemark_live_messages_total', help: 'Messages sent over live sockets', registers });
  const superseded = new Counter({ name: 'tidemark_live_superseded_total', help: 'Values that a slow client was not sent because a newer one was there', registers });
  return {
    opened: () => sockets.inc(),
    closed: (code) => {
      sockets.dec();
      closes.inc({ code: String(code) });
    },
    sent: () => sent.inc(),
    superseded: () => superseded.inc(),
  };
}
