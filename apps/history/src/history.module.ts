/** The composition root of what answers requests: every controller of the service, around one context. */
import { HISTORY_READS } from './reads/read-context.js';
import type { HistoryReads } from './reads/read-context.js';

class HistoryModule {}

type Token = string | symbol;
type Controller = new (...args: never[]) => unknown;

export interface HistoryParts {
  readonly reads: HistoryReads;
  readonly controllers: readonly Controller[];
  /** What else they are given, by injection token. */
  readonly providers?: readonly { readonly provide: Token; readonly useValue: unknown }[];
}

export function historyModule({ reads, controllers, providers = [] }: HistoryParts) {
  return { module: HistoryModule, controllers: [...controllers], providers: [{ provide: HISTORY_READS, useValue: reads }, ...providers] };
}
