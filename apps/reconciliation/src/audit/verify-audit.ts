/**
 * Checks a user's whole chain in pages, entry by entry, and against what the event log says of it. Everything up to the moment of the
 * question counts, and nothing that is written meanwhile: both ends are read in one statement. The first place that is wrong is named.
 */
import type { reconciliationRpc } from '@tidemark/contracts';
import type { EventLog } from '@tidemark/event-log';
import type { Database, SqlClient } from '@tidemark/postgres';
import { checkAnchors, missingEvents } from './anchors.js';
import type { AnchorCheck } from './anchors.js';
import { firstUnlinked, nameBreak } from './chain.js';
import type { Broken, Link } from './chain.js';
import { GENESIS } from './chain-entry.js';
import type { ChainEntry } from './chain-entry.js';
import { findErasure } from './erase-audit.js';
import { sealOf } from './seal.js';
import type { AuditKey, Seal } from './seal.js';

export interface AuditDeps {
  readonly database: Database;
  readonly log: EventLog;
  readonly key: AuditKey;
}

/** Of the chain, at the moment of the question. */
interface Ends {
  /** The last position of the log. */
  readonly position: number;
  readonly entries: number;
  readonly last: number;
  readonly lastHash: string | null;
  /** As the head row says. */
  readonly head: number;
  readonly headHash: string | null;
}

const PAGE = 1_000;
/** How many entries after a break are looked at to tell what happened. */
const FOLLOWING = 200;

export async function verifyAudit(deps: AuditDeps, userId: string): Promise<reconciliationRpc.AuditVerdict> {
  const erasure = await findErasure(deps.database, deps.key, userId);
  const begin: Link = { sequence: erasure?.through ?? 0, hash: erasure?.hash ?? GENESIS };
  const ends = await readEnds(deps, userId, begin.sequence);
  const anchors = await checkAnchors(deps, { userId, upTo: ends.position, erasedThrough: begin.sequence, last: ends.last });
  const chain = await checkChain(deps.database, sealOf(deps.key, userId), { userId, begin, ends, anchors });
  const lost = anchors.broken ? null : await missingEvents(deps, { partition: deps.log.partitionOf(userId), upTo: ends.position, last: ends.last });
  const firstBroken = earliest([chain.broken, anchors.broken, forgotten(ends), lost]) ?? misled(ends);
  // A user who is erased meanwhile loses entries that are still looked for: what is left is checked again.
  if (firstBroken !== null && (await findErasure(deps.database, deps.key, userId))?.through !== erasure?.through) return verifyAudit(deps, userId);
  return { valid: firstBroken === null, entries: ends.entries, head: chain.last.sequence > begin.sequence ? chain.last.hash : null, anchors: anchors.anchors, firstBroken };
}

/** The lowest place; of two problems at one place the first in the list. */
function earliest(found: readonly (Broken | null)[]): Broken | null {
  return found.reduce((first, one) => (one !== null && (first === null || one.sequence < first.sequence) ? one : first), null);
}

/** The end of the chain as its head row remembers it: whoever cut the chain off may have forgotten that row. */
function forgotten({ head, last }: Ends): Broken | null {
  return head > last ? { sequence: last + 1, problem: 'cut_off', detail: `The chain ends at entry ${last}, but its head names entry ${head}: the end was removed.` } : null;
}

/** The chain is whole, and its head row is not what was written with it. */
function misled({ entries, head, headHash, last, lastHash }: Ends): Broken | null {
  if (entries > 0 && head < last) return { sequence: head + 1, problem: 'changed', detail: `The chain goes on to entry ${last}, but its head names entry ${head}: the head was set back.` };
  return entries > 0 && headHash !== lastHash ? { sequence: last, problem: 'changed', detail: `The head of the chain carries another hash than its last entry, ${last}.` } : null;
}

interface ChainAsked {
  readonly userId: string;
  readonly begin: Link;
  readonly ends: Ends;
  readonly anchors: AnchorCheck;
}

async function checkChain(database: SqlClient, seal: Seal, { userId, begin, ends, anchors }: ChainAsked): Promise<{ last: Link; broken: Broken | null }> {
  let last = begin;
  let unanchored: Broken | null = null;
  let read = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const page: ChainEntry[] = await readEntries(database, userId, read, ends.last, PAGE);
    const at = firstUnlinked(last, page, seal);
    const right = at === null ? page : page.slice(0, at);
    unanchored ??= firstUnanchored(right, anchors);
    last = right.at(-1) ?? last;
    const entry = at === null ? undefined : page[at];
    if (entry) {
      const following = await readEntries(database, userId, entry.sequence, ends.last, FOLLOWING);
      const lacksEvent = needsEvent(entry) && !anchors.anchored.has(entry.sequence);
      const twin = page.some((other) => other !== entry && other.sequence === entry.sequence);
      const broken = nameBreak({ before: last, entry, following, twin, head: ends.head, lacksEvent, highest: Math.max(ends.last, ends.head, anchors.highest) }, seal);
      return { last, broken: earliest([unanchored, broken]) };
    }
    if (page.length < PAGE) return { last, broken: unanchored };
    read = page.at(-1)?.sequence ?? read;
  }
}

/** Comparisons of single accounts are many and have no event each; the entries after them are linked to them, and have one. */
function needsEvent({ kind }: ChainEntry): boolean {
  return kind !== 'account_compared';
}

function firstUnanchored(entries: readonly ChainEntry[], { anchored }: AnchorCheck): Broken | null {
  const found = entries.find((entry) => needsEvent(entry) && !anchored.has(entry.sequence));
  return found ? { sequence: found.sequence, problem: 'unanchored', detail: `Entry ${found.sequence} (${found.kind}) was written with an event, and no event of the log names it.` } : null;
}

async function readEnds({ database, log }: AuditDeps, userId: string, erasedThrough: number): Promise<Ends> {
  const { rows: [ends] } = await database.query<Ends>(
    `SELECT coalesce((SELECT position FROM log.head WHERE partition = $2), 0) AS position, count(*) AS entries, coalesce(max(sequence), $3) AS last,
            (SELECT hash FROM audit_entry WHERE user_id = $1 ORDER BY sequence DESC LIMIT 1) AS "lastHash",
            coalesce((SELECT sequence FROM audit_head WHERE user_id = $1), 0) AS head, (SELECT hash FROM audit_head WHERE user_id = $1) AS "headHash"
     FROM audit_entry WHERE user_id = $1`,
    [userId, log.partitionOf(userId), erasedThrough],
  );
  return ends ?? { position: 0, entries: 0, last: erasedThrough, lastHash: null, head: 0, headHash: null };
}

/** In order of their places. A table that was tampered with may have two entries at one place: they come together. */
async function readEntries(database: SqlClient, userId: string, after: number, upTo: number, limit: number): Promise<ChainEntry[]> {
  const { rows } = await database.query<ChainEntry>(
    `SELECT sequence, at, kind, subject, data::text AS data, previous_hash AS "previousHash", hash FROM audit_entry
     WHERE user_id = $1 AND sequence > $2 AND sequence <= $3 ORDER BY sequence FETCH FIRST ($4) ROWS WITH TIES`,
    [userId, after, upTo, limit],
  );
  return rows;
}
