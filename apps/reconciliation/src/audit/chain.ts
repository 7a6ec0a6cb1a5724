/**
 * Finds where a chain is not what was written, and says what happened there. Pure: the key comes as a function, the entries in pages.
 *
 * An entry's hash covers its place, its content and the hash of the one before, so an entry that checks in its place was written there by
 * the service, after just that one. Of the first that does not, its own hash still tells where it was written: tried at other places, it
 * shows whether entries were removed, inserted or reordered and numbered anew. Only what checks nowhere was changed.
 */
import type { reconciliationRpc } from '@tidemark/contracts';
import { hashOf } from './chain-entry.js';
import type { ChainEntry } from './chain-entry.js';
import type { Seal } from './seal.js';

export type Broken = NonNullable<reconciliationRpc.AuditVerdict['firstBroken']>;
export type Link = Pick<ChainEntry, 'sequence' | 'hash'>;

/** @returns where in `entries` the first stands that does not follow from what is before it; null where all do */
export function firstUnlinked(before: Link, entries: readonly ChainEntry[], seal: Seal): number | null {
  let last = before;
  for (const [index, entry] of entries.entries()) {
    if (entry.sequence !== last.sequence + 1 || entry.previousHash !== last.hash || !isWrittenAs(entry, entry.sequence, seal)) return index;
    last = entry;
  }
  return null;
}

export interface Break {
  /** The last entry that is right, or what the chain begins after. */
  readonly before: Link;
  /** The first that is not. */
  readonly entry: ChainEntry;
  /** Some of those after it, in order. */
  readonly following: readonly ChainEntry[];
  /** The highest place that any entry can have had. */
  readonly highest: number;
  /** How far the chain goes by its head row, which proves nothing but is a hint. */
  readonly head: number;
  /** Another entry stands at the same place. */
  readonly twin: boolean;
  /** An event of the log must name an entry of this kind, and none does. */
  readonly lacksEvent: boolean;
}

export function nameBreak(found: Break, seal: Seal): Broken {
  const { before, entry } = found;
  const place = before.sequence + 1;
  if (found.twin) return { sequence: entry.sequence, problem: 'inserted', detail: `Two entries stand at ${entry.sequence}.` };
  if (entry.sequence < place) return { sequence: entry.sequence, problem: 'inserted', detail: `An entry stands at ${entry.sequence}, before the chain begins.` };
  if (entry.sequence > place) return { sequence: place, problem: 'removed', detail: `${named(place, entry.sequence - 1)} missing: ${entry.sequence} follows ${place === 1 ? 'the beginning' : before.sequence}.` };
  if (isWrittenAs(entry, place, seal)) return { sequence: Math.max(before.sequence, 1), problem: 'changed', detail: `Entry ${place} was written after another entry than the one that stands before it now.` };
  const written = placeOf(entry, found.highest, seal);
  return written === null ? foreign(found, place, seal) : moved(found, place, written, seal);
}

/** An entry that the service wrote at another place. */
function moved({ following, head }: Break, place: number, written: number, seal: Seal): Broken {
  const [next] = following;
  const by = written - place;
  if (by > 0 && (!next || isWrittenAs(next, next.sequence + by, seal))) return { sequence: place, problem: 'removed', detail: `${named(place, written - 1)} missing: what stands at ${place} was written as entry ${written}, and numbered anew.` };
  const last = following.at(-1)?.sequence ?? place;
  if (last > head && next && isWrittenAs(next, place, seal)) return { sequence: place, problem: 'inserted', detail: `What stands at ${place} is a copy of entry ${written}; the entry that was written as ${place} comes after it.` };
  return { sequence: place, problem: 'reordered', detail: `What stands at ${place} was written as entry ${written}.` };
}

/** An entry that the service wrote at no place. */
function foreign({ following, head, lacksEvent }: Break, place: number, seal: Seal): Broken {
  const shifted = shiftOf(following, seal);
  if (shifted > 0) return { sequence: place, problem: 'inserted', detail: `What stands at ${place} was not written by this service; what was written as ${place} comes ${shifted === 1 ? 'after it' : `${shifted} entries later`}.` };
  if (place > head || (following.length === 0 && lacksEvent)) return { sequence: place, problem: 'inserted', detail: `What stands at ${place} was not written by this service: its hash is not that of its content, and the chain ended before it.` };
  const otherKey = place === 1 ? ' Or the chain was made with another AUDIT_KEY than the one that is set.' : '';
  return { sequence: place, problem: 'changed', detail: `Entry ${place} is not what was written: its hash is not that of its content.${otherKey}` };
}

/** By how many places those that follow were moved back, as the first of them that checks anywhere near tells; 0 where it is in place, or none checks. */
function shiftOf(following: readonly ChainEntry[], seal: Seal): number {
  for (const entry of following) {
    for (let by = 0; by <= NEAR; by += 1) if (isWrittenAs(entry, entry.sequence - by, seal)) return by;
  }
  return 0;
}

const NEAR = 50;

/** Where an entry was written, nearest places first. */
function placeOf(entry: ChainEntry, highest: number, seal: Seal): number | null {
  for (let distance = 1; distance <= Math.min(highest, FAR); distance += 1) {
    for (const place of [entry.sequence + distance, entry.sequence - distance]) {
      if (place >= 1 && place <= highest && isWrittenAs(entry, place, seal)) return place;
    }
  }
  return null;
}

/** Half a second of hashing; what was moved farther is called changed. */
const FAR = 50_000;

function isWrittenAs(entry: ChainEntry, sequence: number, seal: Seal): boolean {
  return hashOf({ ...entry, sequence }, seal) === entry.hash;
}

function named(from: number, to: number): string {
  return from === to ? `Entry ${from} is` : `Entries ${from} to ${to} are`;
}
