/**
 * Concurrent appends share one commit. While a batch is on its way to Postgres the next ones gather, so that the rate follows the
 * load and not the latency of a flush to disk. Each append keeps its own answer: where one of a batch is refused, the batch is
 * rolled back and made again without it, so that nobody pays for another's conflict.
 */
import { ok } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { SqlClient } from '@tidemark/postgres';
import { appendEvents, refusalOf } from './append.js';
import type { Appended, AppendRefusal, AppendRequest, LogShape } from './append.js';
import { partitionOf } from './partition.js';

interface Waiting {
  readonly request: AppendRequest;
  readonly resolve: (result: Result<Appended, AppendRefusal>) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_EVENTS = 1_000;
/** One batch at a time: a second at once would only make both smaller, and each costs a round trip and a flush. */
const MAX_IN_FLIGHT = 1;

export class GroupCommit {
  private readonly waiting: Waiting[] = [];
  private inFlight = 0;

  constructor(
    private readonly client: SqlClient,
    private readonly shape: LogShape,
    private readonly committed: (appended: Appended) => void,
  ) {}

  append(request: AppendRequest): Promise<Result<Appended, AppendRefusal>> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      this.drain();
    });
  }

  private drain(): void {
    if (this.inFlight >= MAX_IN_FLIGHT || this.waiting.length === 0) return;
    this.inFlight += 1;
    // Appends made in the same turn of the event loop belong to the same batch.
    queueMicrotask(() => {
      const batch = this.next();
      void this.write(batch).finally(() => {
        this.inFlight -= 1;
        this.drain();
      });
    });
  }

  /** The oldest appends, in order; two of one stream never share a batch, since the second's expected version rests on the first. */
  private next(): Waiting[] {
    const batch: Waiting[] = [];
    const streams = new Set<string>();
    let events = 0;
    while (this.waiting[0] && events < MAX_EVENTS && !streams.has(this.waiting[0].request.stream)) {
      const one = this.waiting.shift() as Waiting;
      streams.add(one.request.stream);
      events += one.request.events.length;
      batch.push(one);
    }
    return batch;
  }

  private async write(batch: Waiting[]): Promise<void> {
    if (batch.length === 0) return;
    try {
      const appended = await appendEvents(this.client, this.shape, batch.map((one) => one.request));
      this.answer(batch, appended);
    } catch (error) {
      const refusal = refusalOf(error);
      const refused = refusal ? batch.find((one) => concerns(refusal.error, one.request)) : undefined;
      if (!refusal || !refused) {
        for (const one of batch) one.reject(error);
        return;
      }
      refused.resolve(refusal);
      await this.write(batch.filter((one) => one !== refused));
    }
  }

  private answer(batch: Waiting[], appended: Appended): void {
    this.committed(appended);
    let from = 0;
    for (const { request, resolve } of batch) {
      const events = appended.events.slice(from, from + request.events.length);
      from += request.events.length;
      const last = events.at(-1);
      const partition = partitionOf(request.userId, this.shape.partitions);
      const at = appended.positions.find((position) => position.partition === partition);
      resolve(ok({ events, positions: at && last ? [{ ...at, position: last.position }] : [] }));
    }
  }
}

function concerns(refusal: AppendRefusal, request: AppendRequest): boolean {
  return refusal.kind === 'version_conflict' ? request.stream === refusal.stream : request.events.some((event) => event.id === refusal.id);
}
