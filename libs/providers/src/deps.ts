/** What adapters need from the outside. Time, randomness and waiting are handed in, so that tests turn them by hand. */
import type { Clock } from '@tidemark/kernel';
import type { CallRecord } from './port.js';

export interface ProviderLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ProviderDeps {
  readonly clock: Clock;
  /** In [0, 1), such as `Math.random`; spreads retries. */
  readonly random: () => number;
  readonly log: ProviderLog;
  /** Gets one record per provider call, after its last attempt. */
  readonly onCall: (record: CallRecord) => void;
  /** Key of the hash that stands for an account number; keep it secret and never change it. 32 random bytes or more. */
  readonly accountNumberKey: Uint8Array | string;
  /** Waits for so many milliseconds; real time where absent. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** Changes to the breakers' defaults, for tests. */
  readonly breaker?: { readonly volumeThreshold?: number; readonly errorThresholdPercentage?: number; readonly resetTimeout?: number };
}

/** What a call needs of them: everything but what reads accounts. */
export type CallDeps = Omit<ProviderDeps, 'accountNumberKey'>;
