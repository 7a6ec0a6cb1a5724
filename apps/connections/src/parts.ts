/** What the use cases work with. Made once, in `app.ts`; tests make their own. */
import type { Problem } from '@tidemark/contracts';
import { problem } from '@tidemark/contracts';
import type { CredentialStore } from '@tidemark/credentials';
import type { EventLog } from '@tidemark/event-log';
import type { Clock } from '@tidemark/kernel';
import type { Database } from '@tidemark/postgres';
import type { ProviderError, ProviderPort, ProviderSettings } from '@tidemark/providers';
import type { Logger } from '@tidemark/service';
import type { Coverage } from './routing/coverage.js';

export interface ConfiguredProvider {
  readonly port: ProviderPort;
  readonly settings: ProviderSettings;
}

export interface Parts {
  readonly database: Database;
  readonly log: EventLog;
  readonly credentials: CredentialStore;
  /** Those that are switched on. */
  readonly providers: ReadonlyMap<string, ConfiguredProvider>;
  readonly coverage: Coverage;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly logger: Logger;
  /** Where providers reach us; webhooks go to `<publicUrl>/api/v1/webhooks/<provider>`. */
  readonly publicUrl: string;
  readonly adminUserIds: ReadonlySet<string>;
}

/** Injection token of `Parts` in Nest. */
export const PARTS = Symbol('Parts');

/** A provider's failure as it is answered. */
export function problemOf(error: ProviderError): Problem {
  const extra = { retryable: error.class === 'retry', ...(error.retryAfterMs === null || error.class !== 'retry' ? {} : { retryAfterMs: error.retryAfterMs }) };
  return problem(error.code, error.detail, { extra });
}
