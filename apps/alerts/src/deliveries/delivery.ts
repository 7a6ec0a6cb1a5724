/** A delivery as the worker holds it, and what came of an attempt. */
import type { DeliveryKind } from '@tidemark/contracts';

export interface Delivery {
  readonly deliveryId: string;
  readonly alertId: string;
  readonly ruleId: string;
  readonly userId: string;
  readonly kind: DeliveryKind;
  /** The whole address; may carry secrets. */
  readonly target: string;
  readonly host: string;
  readonly lane: string;
  readonly body: string;
  readonly raisedAt: string;
  readonly since: string;
  /** This attempt included. */
  readonly attempts: number;
  /** Of them, those since `since`. */
  readonly tries: number;
}

/**
 * `failed` is tried again, `refused` is not. `slow`: no answer came in time, so that what goes there takes up a place for long. A reason is
 * for the user and the log: it names no more of an address than nothing.
 */
export type Outcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly reason: string; readonly slow: boolean; readonly retryAfterMs: number | null }
  | { readonly kind: 'refused'; readonly reason: string };

export function failed(reason: string, more: { slow?: boolean; retryAfterMs?: number | null } = {}): Outcome {
  return { kind: 'failed', reason, slow: more.slow ?? false, retryAfterMs: more.retryAfterMs ?? null };
}

/** What an attempt makes of a delivery. */
export interface Settled {
  readonly delivery: Delivery;
  readonly status: 'delivered' | 'retrying' | 'parked';
  readonly at: number;
  readonly nextAttemptAt: number | null;
  readonly error: string | null;
}
