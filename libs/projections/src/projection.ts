/** What a read model says about itself; everything else about running it is the same for all. */
import type { EventEnvelope } from '@tidemark/contracts';
import type { SqlClient } from '@tidemark/postgres';

export interface Projection {
  readonly name: string;
  readonly logs: readonly string[];
  /**
   * Up to 1,000 events of many users, in order per stream. Set-based SQL in the transaction that moves the checkpoint, so each
   * event takes effect once. A table folds one log, or is written so that the order between logs does not matter.
   * Types that it does not know are ignored. A throw that is no passing fault parks the event and what follows under its key.
   */
  apply(tx: SqlClient, events: readonly EventEnvelope[]): Promise<void>;
  /** Events of one key stay in order and are parked together; the stream unless said otherwise. */
  parkingKey?(event: EventEnvelope): string;
}

/** Acts on events (starts a sync, appends events of its own). Never rebuilt; its own ids are UUIDv5 of (rule, cause). */
export interface Reactor<Tx extends SqlClient = SqlClient> {
  readonly name: string;
  readonly logs: readonly string[];
  /** The types it acts on; all where absent. */
  readonly types?: readonly string[];
  /** At least once and in order per key, so it must be idempotent. A throw is tried again, later and later, and never lost. */
  react(event: EventEnvelope): Promise<void>;
  /**
   * Up to 1,000 events at once, in the transaction that moves the checkpoint, so that what it writes takes effect once. A throw that is no
   * passing fault undoes it all, and the events go to `react` one by one: what is wrong with one of them parks that one alone.
   */
  reactAll?(tx: Tx, events: readonly EventEnvelope[]): Promise<void>;
  /** Opens the transaction of `reactAll` where the database's own will not do: one of a log, that appends. What comes after the work comes after the commit. */
  transaction?(work: (tx: Tx) => Promise<void>): Promise<void>;
  parkingKey?(event: EventEnvelope): string;
}

export function keyOf(of: Pick<Projection, 'parkingKey'>, event: EventEnvelope): string {
  return of.parkingKey ? of.parkingKey(event) : event.subject;
}
