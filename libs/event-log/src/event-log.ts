/**
 * The log of one service: append with expected version, read a stream, read a partition. An event is durable when the
 * transaction of its append has committed; telling anybody else is the relay's work.
 */
import type { EventEnvelope, LogPosition } from '@tidemark/contracts';
import { ok } from '@tidemark/kernel';
import type { Result } from '@tidemark/kernel';
import type { Database, SqlClient } from '@tidemark/postgres';
import { appendEvents, checkEvents, refusalOf } from './append.js';
import type { Appended, AppendRefusal, AppendRequest, LogShape } from './append.js';
import { plainCodec } from './codec.js';
import type { EventCodec } from './codec.js';
import { GroupCommit } from './group-commit.js';
import { DEFAULT_PARTITIONS, partitionOf } from './partition.js';
import { EVENT_COLUMNS, toEnvelope } from './stored-event.js';
import type { EventRow } from './stored-event.js';

export interface EventLogOptions {
  /** The service's name; `source` of its events. */
  readonly name: string;
  readonly database: Database;
  /** Fixed at installation. */
  readonly partitions?: number;
  readonly codec?: EventCodec;
}

export interface LogTransaction extends SqlClient {
  /** Notes events; they are numbered and written at the end, so that the head row is locked last and shortest. */
  append(request: AppendRequest): void;
}

const STORED = EVENT_COLUMNS.split(', ')
  .map((column) => (column === 'data' ? 'e.data::text AS data' : `e.${column}`))
  .join(', ');

export class EventLog {
  readonly name: string;
  readonly partitions: number;
  readonly database: Database;
  readonly codec: EventCodec;
  private readonly shape: LogShape;
  private readonly groups: GroupCommit;
  private readonly listeners = new Set<(appended: Appended) => void>();

  constructor(options: EventLogOptions) {
    this.name = options.name;
    this.partitions = options.partitions ?? DEFAULT_PARTITIONS;
    this.database = options.database;
    this.codec = options.codec ?? plainCodec;
    this.shape = { name: this.name, partitions: this.partitions, codec: this.codec };
    this.groups = new GroupCommit(options.database, this.shape, (appended) => this.committed(appended));
  }

  /** @throws where the log was installed with another number of partitions: users' events would be looked for where they are not */
  static async open(options: EventLogOptions): Promise<EventLog> {
    const log = new EventLog(options);
    const { rows } = await options.database.query<{ n: number }>('SELECT count(*) AS n FROM log.head');
    const installed = rows[0]?.n ?? 0;
    if (installed !== log.partitions) throw new Error(`the log ${log.name} was installed with ${installed} partitions, not ${log.partitions}: set TIDEMARK_PARTITIONS=${installed}`);
    return log;
  }

  /** Called after each commit of this process with what was written; the relay hangs on it. */
  onCommitted(listener: (appended: Appended) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  append(request: AppendRequest): Promise<Result<Appended, AppendRefusal>> {
    checkEvents(this.name, [request]);
    return this.groups.append(request);
  }

  async transaction<T>(work: (tx: LogTransaction) => Promise<T>): Promise<Result<{ value: T } & Appended, AppendRefusal>> {
    try {
      const done = await this.database.transaction(async (tx) => {
        const noted: AppendRequest[] = [];
        const value = await work({
          query: (text, values) => tx.query(text, values),
          append: (request) => {
            checkEvents(this.name, [request]);
            note(noted, request);
          },
        });
        const requests = noted.filter((request) => request.events.length > 0);
        const appended = requests.length > 0 ? await appendEvents(tx, this.shape, requests) : { positions: [], events: [] };
        return { value, ...appended };
      });
      if (done.events.length > 0) this.committed(done);
      return ok(done);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal) return refusal;
      throw error;
    }
  }

  /** Events of one stream in order, in the current version of their types. */
  async readStream(userId: string, stream: string, afterVersion = 0): Promise<EventEnvelope[]> {
    const { rows } = await this.database.query<EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM log.event WHERE partition = $1 AND subject = $2 AND streamversion > $3 AND userid = $4 ORDER BY streamversion`,
      [partitionOf(userId, this.partitions), stream, afterVersion, userId],
    );
    return rows.map((row) => toEnvelope(this.name, row, this.codec));
  }

  /** Where the newest event of a stream stands; null where the stream is empty. */
  async streamEnd(userId: string, stream: string): Promise<LogPosition | null> {
    const { rows } = await this.database.query<Omit<LogPosition, 'log'>>(
      'SELECT epoch, partition, position FROM log.event WHERE partition = $1 AND subject = $2 AND userid = $3 ORDER BY streamversion DESC LIMIT 1',
      [partitionOf(userId, this.partitions), stream, userId],
    );
    return rows[0] ? { log: this.name, ...rows[0] } : null;
  }

  /** Up to `limit` events after a position, of one user where one is named. */
  async readPartition(partition: number, after: number, limit: number, userId?: string): Promise<EventEnvelope[]> {
    const { rows } = await this.database.query<EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM log.event WHERE partition = $1 AND position > $2 ${userId === undefined ? '' : 'AND userid = $4'} ORDER BY position LIMIT $3`,
      userId === undefined ? [partition, after, limit] : [partition, after, limit, userId],
    );
    return rows.map((row) => toEnvelope(this.name, row, this.codec));
  }

  /** Several partitions in one round trip: rows after each given position, data as stored text, in order within a partition. */
  async readStored(positions: readonly { partition: number; position: number }[], limitEach: number): Promise<(EventRow & { data: string })[]> {
    const { rows } = await this.database.query<EventRow & { data: string }>(
      `SELECT ${STORED}
       FROM unnest($1::int[], $2::bigint[]) AS c(partition, position)
       CROSS JOIN LATERAL (SELECT * FROM log.event WHERE partition = c.partition AND position > c.position ORDER BY position LIMIT $3) e
       ORDER BY e.partition, e.position`,
      [positions.map((at) => at.partition), positions.map((at) => at.position), limitEach],
    );
    return rows;
  }

  async heads(): Promise<{ partition: number; epoch: number; position: number }[]> {
    const { rows } = await this.database.query<{ partition: number; epoch: number; position: number }>(
      'SELECT partition, epoch, position FROM log.head WHERE partition < $1 ORDER BY partition',
      [this.partitions],
    );
    return rows;
  }

  partitionOf(userId: string): number {
    return partitionOf(userId, this.partitions);
  }

  private committed(appended: Appended): void {
    for (const listener of this.listeners) listener(appended);
  }
}

/** Two appends to one stream in one transaction are one: the second's expected version rests on the first. */
function note(noted: AppendRequest[], request: AppendRequest): void {
  const at = noted.findIndex((one) => one.stream === request.stream && one.userId === request.userId);
  const earlier = noted[at];
  if (earlier) noted[at] = { ...earlier, events: [...earlier.events, ...request.events] };
  else noted.push(request);
}
