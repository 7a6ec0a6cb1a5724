/**
 * The same key and the same request give the same answer, also while the first still runs and from whichever replica.
 *
 * A row claims the key before anything is done. Whoever finds it claimed waits for the answer; whoever finds another request
 * under it is refused. Answers of 5xx are forgotten, since trying again may help. A claim whose runner died is taken over
 * once its lock has run out: then the request is done again, as the client asks for by repeating it.
 */
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { canonicalJson } from '@tidemark/kernel';
import { isTransient } from '@tidemark/postgres';
import type { SqlClient } from '@tidemark/postgres';
import type { Logger } from '@tidemark/service';
import { refusal } from '../problem/answer.js';
import type { Answer } from '../problem/answer.js';
import type { AnswerCipher } from './answer-cipher.js';

export interface IdempotentRequest {
  readonly userId: string;
  readonly key: string;
  readonly route: string;
  readonly input: unknown;
  readonly requestId: string;
}

export interface IdempotencyOptions {
  readonly database: SqlClient;
  readonly cipher: AnswerCipher;
  readonly log: Logger;
  /** How long an answer is remembered. */
  readonly ttlMs: number;
  /** Longer than any request runs. */
  readonly lockMs: number;
  /** How long a repetition waits for the first. */
  readonly waitMs: number;
}

interface Row {
  readonly route: string;
  readonly input_hash: Buffer;
  readonly answer: Buffer | null;
}

export class Idempotency {
  constructor(private readonly options: IdempotencyOptions) {}

  /** @throws Refusal `idempotency_conflict`, `idempotency_in_progress`, or `unavailable` while the database is away */
  async once(request: IdempotentRequest, run: () => Promise<Answer>): Promise<Answer> {
    const hash = createHash('sha256').update(canonicalJson(request.input)).digest();
    const runner = randomUUID();
    const end = performance.now() + this.options.waitMs;
    for (let pause = 10; ; pause = Math.min(pause * 2, 250)) {
      const row = await this.guarded(() => this.claim(request, hash, runner));
      if (row === 'claimed') return this.runOnce(request, runner, run);
      if (row && (row.route !== request.route || !hash.equals(row.input_hash))) throw refusal('idempotency_conflict', 'this Idempotency-Key was used for another request; use a new key for a new request');
      if (row?.answer) return this.replay(request, row.answer);
      if (performance.now() + pause > end) throw refusal('idempotency_in_progress', 'the first request with this Idempotency-Key is still running; repeat it in a moment', { extra: { retryAfter: 1 } });
      await sleep(pause);
    }
  }

  /** Forgets what has expired. */
  async sweep(): Promise<void> {
    await this.options.database.query('DELETE FROM idempotent_request WHERE expires_at < now()');
  }

  private async claim({ userId, key, route }: IdempotentRequest, hash: Buffer, runner: string): Promise<Row | 'claimed' | null> {
    const { database, lockMs, ttlMs } = this.options;
    const claimed = await database.query(
      `INSERT INTO idempotent_request AS held (user_id, key, route, input_hash, runner, locked_until, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + $6::interval, now() + $7::interval)
       ON CONFLICT (user_id, key) DO UPDATE SET route = excluded.route, input_hash = excluded.input_hash, runner = excluded.runner, locked_until = excluded.locked_until, expires_at = excluded.expires_at, answer = NULL
         WHERE held.expires_at < now() OR (held.answer IS NULL AND held.locked_until < now() AND held.route = excluded.route AND held.input_hash = excluded.input_hash)
       RETURNING runner`,
      [userId, key, route, hash, runner, `${lockMs} milliseconds`, `${ttlMs} milliseconds`],
    );
    if (claimed.rowCount > 0) return 'claimed';
    const { rows } = await database.query<Row>('SELECT route, input_hash, answer FROM idempotent_request WHERE user_id = $1 AND key = $2', [userId, key]);
    return rows[0] ?? null;
  }

  private async runOnce(request: IdempotentRequest, runner: string, run: () => Promise<Answer>): Promise<Answer> {
    const { userId, key } = request;
    try {
      const answer = await run();
      if (answer.status >= 500) await this.forget(request, runner);
      else await this.guarded(() => this.options.database.query('UPDATE idempotent_request SET answer = $4 WHERE user_id = $1 AND key = $2 AND runner = $3', [userId, key, runner, this.options.cipher.seal(JSON.stringify(answer), ownerOf(request))]), answer);
      return answer;
    } catch (error) {
      await this.forget(request, runner);
      throw error;
    }
  }

  private async forget({ userId, key }: IdempotentRequest, runner: string): Promise<void> {
    await this.guarded(() => this.options.database.query('DELETE FROM idempotent_request WHERE user_id = $1 AND key = $2 AND runner = $3', [userId, key, runner]), null);
  }

  private replay(request: IdempotentRequest, sealed: Buffer): Answer {
    const text = this.options.cipher.open(sealed, ownerOf(request));
    if (text === null) throw refusal('idempotency_conflict', 'the answer to this Idempotency-Key can no longer be read; the request was done, look at its result or use a new key');
    const answer = JSON.parse(text) as Answer;
    return { ...answer, headers: { ...answer.headers, 'idempotency-replayed': 'true' } };
  }

  /** @param instead where the database fails after the request was done: what was done is answered, not the failure */
  private async guarded<T>(work: () => Promise<T>, instead?: unknown): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.options.log.error({ err: error }, 'remembering a request failed');
      if (instead !== undefined) return undefined as T;
      if (isTransient(error)) throw refusal('unavailable', 'requests with an Idempotency-Key cannot be remembered now, so this one was not done; try again in a moment');
      throw error;
    }
  }
}

function ownerOf({ userId, key }: IdempotentRequest): string {
  return JSON.stringify([userId, key]);
}
