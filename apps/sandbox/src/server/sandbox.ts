/** Everything the simulated institutions share: passed to every route, never a global. */
import type { WorldStore } from '../world/world-store.js';
import type { LiveMarket } from '../market/live-market.js';
import type { LinkState } from '../state/link-state.js';
import type { Faults } from './faults.js';
import type { RateLimits } from './rate-limits.js';
import type { RequestLog } from './request-log.js';
import type { SandboxClock } from './sandbox-clock.js';

export interface SandboxLog {
  info(message: string, details?: object): void;
  warn(message: string, details?: object): void;
  error(message: string, details?: object): void;
}

export interface SandboxCredentials {
  plaid: { clientId: string; secret: string };
  snaptrade: { clientId: string; consumerKey: string };
  fmp: { apiKey: string };
}

/** All that an answer about accounts is made of. */
export type Shown = Pick<Sandbox, 'world' | 'clock'>;

export interface Sandbox {
  world: WorldStore;
  links: LinkState;
  clock: SandboxClock;
  market: LiveMarket;
  faults: Faults;
  limits: RateLimits;
  requests: RequestLog;
  credentials: SandboxCredentials;
  log: SandboxLog;
  /** Nonces that Coinbase has seen, with the second in which their tokens end: each is taken once. */
  nonces: Map<string, number>;
  /** A fresh UUID: random, or from the seed. */
  newId(): string;
  /** Where it listens, without a slash at the end. */
  url(): string;
  /** Something that must outlive a restart has changed. */
  changed(): void;
}
