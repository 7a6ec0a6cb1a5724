/**
 * What the event log says of a user's chain. Each event of this service carries sequence and hash of the audit entry that was written in
 * its transaction, and events are immutable: so the log contradicts a chain that was cut off, or made anew by somebody who has the key.
 */
import type { AuditAnchor, EventEnvelope } from '@tidemark/contracts';
import type { EventLog } from '@tidemark/event-log';
import type { SqlClient } from '@tidemark/postgres';
import type { Broken } from './chain.js';
import { SequenceSet } from './sequence-set.js';

export interface AnchorCheck {
  /** How many there are. */
  readonly anchors: number;
  /** The places that an event names. */
  readonly anchored: SequenceSet;
  readonly highest: number;
  /** The lowest place at which chain and log differ. */
  readonly broken: Broken | null;
}

export interface AnchorsAsked {
  readonly userId: string;
  /** The last position that counts: what is written meanwhile is none of this check. */
  readonly upTo: number;
  /** Anchors up to this entry were erased with the user. */
  readonly erasedThrough: number;
  /** The last entry that there is. */
  readonly last: number;
}

/** An event may carry a book of thousands of positions. */
const PAGE = 100;

/** Reads every event of the user, a page at a time. */
export async function checkAnchors({ database, log }: { database: SqlClient; log: EventLog }, { userId, upTo, erasedThrough, last }: AnchorsAsked): Promise<AnchorCheck> {
  const anchored = new SequenceSet();
  let [anchors, highest, after] = [0, 0, 0];
  let broken: Broken | null = null;
  for (let events: EventEnvelope[] | null = null; events === null || events.length === PAGE; ) {
    events = await log.readPartition(log.partitionOf(userId), after, PAGE, userId);
    const page = events.flatMap((event) => {
      const { audit: anchor } = event.data as { audit?: AuditAnchor };
      return anchor === undefined || event.position > upTo || anchor.sequence <= erasedThrough ? [] : [{ event, anchor }];
    });
    const stored = await storedHashes(database, userId, page.map(({ anchor }) => anchor.sequence));
    for (const { event, anchor } of page) {
      anchored.add(anchor.sequence);
      highest = Math.max(highest, anchor.sequence);
      const found = contradiction(event, anchor, stored.get(anchor.sequence), last);
      if (found && (broken === null || found.sequence < broken.sequence)) broken = found;
    }
    anchors += page.length;
    after = events.at(-1)?.position ?? after;
  }
  return { anchors, anchored, highest, broken };
}

/**
 * Positions of a partition have no gap, so events that were deleted are missed, and with them what they may have said of this chain. Of an
 * installation with many users in a partition the count is the same for all of them.
 * @returns null where every position up to the last is there
 */
export async function missingEvents({ database }: { database: SqlClient }, { partition, upTo, last }: { partition: number; upTo: number; last: number }): Promise<Broken | null> {
  const { rows: [found] } = await database.query<{ n: number }>('SELECT count(*) AS n FROM log.event WHERE partition = $1 AND position <= $2', [partition, upTo]);
  const missing = upTo - (found?.n ?? 0);
  if (missing === 0) return null;
  return { sequence: last + 1, problem: 'cut_off', detail: `${missing} of the ${upTo} events of partition ${partition} of the log are not there: events were removed, and with them what they said of this chain.` };
}

/** @param stored the hash at that place of the chain, if there is an entry */
function contradiction(event: EventEnvelope, { sequence, hash }: AuditAnchor, stored: string | undefined, last: number): Broken | null {
  if (stored === hash) return null;
  const says = `the event ${event.type} ${event.id} of ${event.time}`;
  if (stored !== undefined) return { sequence, problem: 'changed', detail: `Entry ${sequence} has another hash than ${says} carries: it, or entries before it, were written anew.` };
  if (sequence <= last) return { sequence, problem: 'removed', detail: `Entry ${sequence} is missing, which ${says} names.` };
  return { sequence: last + 1, problem: 'cut_off', detail: `The chain ends at entry ${last}, but ${says} names entry ${sequence}: the end was removed.` };
}

async function storedHashes(database: SqlClient, userId: string, sequences: readonly number[]): Promise<Map<number, string>> {
  if (sequences.length === 0) return new Map();
  const { rows } = await database.query<{ sequence: number; hash: string }>('SELECT sequence, hash FROM audit_entry WHERE user_id = $1 AND sequence = ANY($2::bigint[])', [userId, sequences]);
  return new Map(rows.map(({ sequence, hash }) => [sequence, hash]));
}
