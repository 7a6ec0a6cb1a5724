/** What deliveries work with. One object is made at the start, in app.ts, and handed down. */
import type { EventLog } from '@tidemark/event-log';
import type { Clock } from '@tidemark/kernel';
import type { Database } from '@tidemark/postgres';
import type { Logger } from '@tidemark/service';
import type { Resolve } from './address/guarded-lookup.js';
import type { DeliveryMetrics } from './metrics.js';
import type { DeliverySettings } from './settings.js';

export interface DeliveryDeps {
  readonly database: Database;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: DeliveryMetrics;
  readonly settings: DeliverySettings;
  /** The secrets that sign the webhooks of these rules; null where one cannot be opened, absent where the rule is gone. */
  readonly secretsOf: (ruleIds: readonly string[]) => Promise<ReadonlyMap<string, string | null>>;
  /** From 0 to less than 1; default `Math.random`. */
  readonly random?: () => number;
  /** How public names are resolved; default: the system's DNS servers. */
  readonly resolve?: Resolve;
}
