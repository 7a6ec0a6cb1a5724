/**
 * The one way to a provider. Around every call: our own rate limit, a timeout, retries with backoff, jitter and Retry-After,
 * a breaker per operation, and exactly one call record however many attempts it took. What a provider's error answer means is
 * the provider's own pure table (`judge`).
 */
import { setTimeout as realSleep } from 'node:timers/promises';
import { ok, refuse } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { CallDeps } from '../deps.js';
import { answered, suspended, throttled, unreachable, unreadable } from '../failure.js';
import type { Failure, Verdict } from '../failure.js';
import type { CallContext, CallRecord, ProviderError, ProviderSettings } from '../port.js';
import { networkFault } from '../wire/http.js';
import type { WireAnswer } from '../wire/http.js';
import { parseLossless } from '../wire/lossless.js';
import { backoff } from './backoff.js';
import { AttemptFailed, BreakerOpen, Breakers } from './breaker.js';
import { retryAfterMs } from './retry-after.js';
import { TokenBucket } from './token-bucket.js';

/** Longer waits are the caller's to schedule. */
const LONGEST_WAIT_MS = 60_000;

export interface Call {
  readonly operation: string;
  readonly context: CallContext;
  /** Strings that must not come out of this call in any text: tokens, user secrets. */
  readonly secrets: readonly string[];
  /** Costs money each time: repeated only where the provider surely did nothing. */
  readonly paid?: boolean;
  readonly send: (signal: AbortSignal) => Promise<WireAnswer>;
}

export interface Answer {
  /** Parsed losslessly: numbers are decimal strings. Null for an empty body. */
  readonly body: unknown;
  readonly requestId: string | null;
}

export type FailedCall = ProviderError & { readonly mayBeBilled: boolean };

/** What an error answer of this provider means. @param body parsed, or null where it is no JSON */
export type Judge = (status: number, body: unknown, requestId: string | null) => Verdict;

export class ProviderCalls {
  private readonly bucket: TokenBucket;
  private readonly breakers: Breakers;
  private readonly sleep: (milliseconds: number) => Promise<unknown>;

  constructor(
    private readonly settings: ProviderSettings,
    private readonly deps: CallDeps,
    private readonly judge: Judge,
  ) {
    this.bucket = new TokenBucket(settings.requestsPerMinute, deps.clock, settings.limitWindowMs);
    this.breakers = new Breakers(settings, deps);
    this.sleep = deps.sleep ?? realSleep;
  }

  async run(call: Call): Promise<Result<Answer, FailedCall>> {
    const startedAt = this.deps.clock.now();
    const { outcome, attempts } = await this.attempts(call);
    this.record(call, outcome, attempts, this.deps.clock.now() - startedAt);
    return outcome.ok ? outcome : refuse({ ...outcome.error.error, mayBeBilled: outcome.error.mayBeBilled });
  }

  private async attempts(call: Call): Promise<{ outcome: Result<Answer, Failure>; attempts: number }> {
    const waits = backoff(this.deps.random);
    for (let attempts = 1; ; attempts += 1) {
      const outcome = await this.attempt(call);
      if (outcome.ok) return { outcome, attempts };
      const failure = outcome.error;
      const wait = waits.next(failure.error.retryAfterMs);
      const mayRepeat = failure.again && attempts <= this.settings.retries && !(call.paid === true && failure.mayHaveHappened);
      if (!mayRepeat || wait > LONGEST_WAIT_MS) return { outcome, attempts };
      this.deps.log.warn({ provider: this.settings.id, operation: call.operation, attempt: attempts, waitMs: wait, code: failure.error.code, status: failure.error.status, detail: failure.error.detail }, 'provider call is tried again');
      await this.sleep(wait);
    }
  }

  private async attempt(call: Call): Promise<Result<Answer, Failure>> {
    const turn = this.bucket.take(LONGEST_WAIT_MS);
    if (turn === null) return refuse(throttled(this.settings.id, this.bucket.waitMs()));
    if (turn > 0) await this.sleep(turn);
    try {
      return ok(await this.breakers.fire(call.operation, () => this.send(call)));
    } catch (error) {
      if (error instanceof AttemptFailed) return refuse(error.failure);
      if (error instanceof BreakerOpen) return refuse(suspended(this.settings.id, call.operation, error.retryAfterMs));
      throw error;
    }
  }

  /** One request and its answer. @throws AttemptFailed */
  private async send(call: Call): Promise<Answer> {
    const wire = await this.exchange(call);
    const requestIdHeader = wire.headers['x-request-id'] ?? null;
    const good = wire.status >= 200 && wire.status < 300;
    const parsed = good && wire.text === '' ? ok(null) : parseLossless(wire.text);
    const requestId = requestIdOf(parsed.ok ? parsed.value : null) ?? requestIdHeader;
    if (good && parsed.ok) return { body: parsed.value, requestId };
    if (good) throw new AttemptFailed(unreadable(this.settings.id, wire.status, parsed.ok ? '' : parsed.error, requestId));
    const verdict = this.judge(wire.status, parsed.ok ? parsed.value : null, requestId);
    throw new AttemptFailed(answered(wire.status, verdict, retryAfterMs(wire.headers, this.deps.clock.now()), this.secretsOf(call)));
  }

  private async exchange(call: Call): Promise<WireAnswer> {
    const { timeoutMs } = this.settings;
    try {
      return await call.send(AbortSignal.timeout(timeoutMs));
    } catch (error) {
      const fault = networkFault(error);
      if (fault === null) throw error;
      throw new AttemptFailed(unreachable(this.settings.id, fault.code, fault.timedOut, timeoutMs));
    }
  }

  private secretsOf(call: Call): readonly string[] {
    return [...call.secrets, this.settings.clientSecret];
  }

  private record(call: Call, outcome: Result<Answer, Failure>, attempts: number, latencyMs: number): void {
    const { context, operation } = call;
    const billed = call.paid === true && (outcome.ok || outcome.error.mayBeBilled);
    const record: CallRecord = {
      provider: this.settings.id,
      operation,
      institution: context.institution,
      requestId: outcome.ok ? outcome.value.requestId : outcome.error.error.requestId,
      userId: context.userId,
      connectionId: context.connectionId,
      accountId: context.accountId ?? null,
      latencyMs,
      attempts,
      result: outcome.ok ? 'ok' : outcome.error.error.code,
      cost: { amount: billed ? this.settings.refreshCost.amount : '0', currency: this.settings.refreshCost.currency },
    };
    this.deps.onCall(record);
    if (outcome.ok) this.deps.log.info(record, 'provider call');
    else this.deps.log.warn({ ...record, class: outcome.error.error.class, status: outcome.error.error.status, providerCode: outcome.error.error.providerCode, detail: outcome.error.error.detail }, 'provider call failed');
  }
}

/** Plaid puts the id of the request into the body. */
function requestIdOf(body: unknown): string | null {
  const id = body !== null && typeof body === 'object' ? (body as { request_id?: unknown }).request_id : null;
  return typeof id === 'string' && id.length <= 200 ? id : null;
}
