/** What the end of day works with; made at the start, in app.ts. */
import type { EventLog } from '@tidemark/event-log';
import type { Clock } from '@tidemark/kernel';
import type { Database } from '@tidemark/postgres';
import type { Logger } from '@tidemark/service';
import type { PriceSupply } from '../jobs/deps.js';

export interface ClosingSettings {
  /** Accounts closed in one transaction. */
  readonly batch: number;
  readonly lockMs: number;
  readonly pollMs: number;
  /** From the close until the first try: prices are published, snapshots of the last minutes arrive. */
  readonly delayMs: number;
  /** A day waits this long for its prices, then it is closed without those that have not come. */
  readonly patienceMs: number;
}

export const CLOSING_DEFAULTS: ClosingSettings = { batch: 2_000, lockMs: 60_000, pollMs: 15_000, delayMs: 10 * 60_000, patienceMs: 3 * 3_600_000 };

export interface ClosingDeps {
  readonly database: Database;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly supply: Pick<PriceSupply, 'want'>;
  readonly settings: ClosingSettings;
  /** Tells the workers of reconstructions that there is something to do. */
  readonly wake: () => void;
}

/** Another replica closes this day now: whatever this one did is to be dropped. */
export class CloseLost extends Error {
  constructor(market: string, day: string) {
    super(`another worker has taken over the close of ${day} at ${market}`);
    this.name = 'CloseLost';
  }
}
