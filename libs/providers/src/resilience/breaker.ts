/**
 * One circuit breaker (opossum) per provider and operation. Only faults of the provider itself count: an item that wants a
 * new login says nothing about the next item.
 */
import CircuitBreaker from 'opossum';
import type { Failure } from '../failure.js';
import type { CallDeps } from '../deps.js';
import type { ProviderSettings } from '../port.js';

const DEFAULTS = { volumeThreshold: 10, errorThresholdPercentage: 50, resetTimeout: 15_000 };
const WINDOW_MS = 30_000;

/** Carries a failed attempt through the breaker, which knows only thrown errors. */
export class AttemptFailed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.error.detail);
  }
}

export class Breakers {
  private readonly byOperation = new Map<string, CircuitBreaker<[() => Promise<unknown>], unknown>>();
  private readonly options: typeof DEFAULTS;
  private readonly provider: string;

  constructor(
    { id, breakerMs }: Pick<ProviderSettings, 'id' | 'breakerMs'>,
    private readonly deps: CallDeps,
  ) {
    this.provider = id;
    this.options = { ...DEFAULTS, ...(breakerMs === undefined ? {} : { resetTimeout: breakerMs }), ...deps.breaker };
  }

  /** Runs one attempt. @throws AttemptFailed from `attempt`; `BreakerOpen` where the breaker lets nothing through */
  async fire<T>(operation: string, attempt: () => Promise<T>): Promise<T> {
    try {
      return (await this.of(operation).fire(attempt)) as T;
    } catch (error) {
      if (error instanceof Error && (error as { code?: unknown }).code === 'EOPENBREAKER') throw new BreakerOpen(this.options.resetTimeout);
      throw error;
    }
  }

  private of(operation: string): CircuitBreaker<[() => Promise<unknown>], unknown> {
    const known = this.byOperation.get(operation);
    if (known) return known;
    const made = new CircuitBreaker((attempt: () => Promise<unknown>) => attempt(), {
      ...this.options,
      timeout: false,
      rollingCountTimeout: WINDOW_MS,
      enableSnapshots: false,
      errorFilter: (error: unknown) => error instanceof AttemptFailed && !error.failure.countsAgainstProvider,
    });
    made.on('open', () => this.deps.log.warn({ provider: this.provider, operation, resetMs: this.options.resetTimeout }, 'provider breaker opened'));
    made.on('close', () => this.deps.log.info({ provider: this.provider, operation }, 'provider breaker closed'));
    this.byOperation.set(operation, made);
    return made;
  }
}

export class BreakerOpen extends Error {
  constructor(readonly retryAfterMs: number) {
    super('the breaker is open');
  }
}
