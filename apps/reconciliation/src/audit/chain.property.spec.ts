import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { withRandom } from '@tidemark/testing';
import type { Random } from '@tidemark/testing';
import { firstUnlinked, nameBreak } from './chain.js';
import type { Broken } from './chain.js';
import { GENESIS, hashOf } from './chain-entry.js';
import type { ChainEntry } from './chain-entry.js';

const seal = (text: string): string => createHmac('sha256', 'key').update(text).digest('hex');
const forged = (text: string): string => createHmac('sha256', 'another').update(text).digest('hex');

function written(length: number): ChainEntry[] {
  const entries: ChainEntry[] = [];
  for (let sequence = 1; sequence <= length; sequence += 1) {
    const unsealed = { sequence, at: '2026-11-21T10:00:00.000Z', kind: 'account_compared', subject: `s${sequence}`, data: `{"n":${sequence}}`, previousHash: entries.at(-1)?.hash ?? GENESIS };
    entries.push({ ...unsealed, hash: hashOf(unsealed, seal) });
  }
  return entries;
}

/** As verify-audit.ts does it, in memory. */
function check(entries: readonly ChainEntry[], head: number): Broken | null {
  const start = { sequence: 0, hash: GENESIS };
  const at = firstUnlinked(start, entries, seal);
  const entry = at === null ? undefined : entries[at];
  if (at === null || !entry) return null;
  return nameBreak({ before: entries[at - 1] ?? start, entry, following: entries.slice(at + 1), twin: false, highest: Math.max(head, entries.length) + 2, head, lacksEvent: false }, seal);
}

const renumbered = (entries: readonly ChainEntry[]): ChainEntry[] => entries.map((entry, index) => ({ ...entry, sequence: index + 1 }));

type Tampered = readonly [entries: ChainEntry[], sequence: number, problem: Broken['problem']];

const TAMPERINGS: Record<string, (chain: readonly ChainEntry[], at: number, random: Random) => Tampered> = {
  'changes an entry': (chain, at, random) => {
    const change = random.pick<(entry: ChainEntry) => ChainEntry>([
      (entry) => ({ ...entry, data: entry.data.replace('}', ' }') }), (entry) => ({ ...entry, subject: 'x' }), (entry) => ({ ...entry, at: '2026-11-21T10:00:00.001Z' }), (entry) => ({ ...entry, hash: 'f'.repeat(64) }), (entry) => ({ ...entry, previousHash: 'f'.repeat(64) }),
      (entry) => ({ ...entry, data: '{}', hash: hashOf({ ...entry, data: '{}' }, forged) }),
    ]);
    return [chain.map((entry, index) => (index === at ? change(entry) : entry)), at + 1, 'changed'];
  },
  'removes entries': (chain, at, random) => [[...chain.slice(0, at), ...chain.slice(at + 1 + random.int(0, 2))], at + 1, 'removed'],
  'removes entries and numbers the others anew': (chain, at, random) => [renumbered([...chain.slice(0, at), ...chain.slice(at + 1 + random.int(0, 2))]), at + 1, 'removed'],
  'inserts entries and numbers the others anew': (chain, at, random) => {
    const more = Array.from({ length: 1 + random.int(0, 2) }, (_, index) => ({ ...(chain[at] as ChainEntry), data: `{"forged":${index}}` }));
    return [renumbered([...chain.slice(0, at), ...more, ...chain.slice(at)]), at + 1, 'inserted'];
  },
  'swaps two entries': (chain, at, random) => {
    const other = random.int(at + 1, chain.length - 1);
    const swapped = [...chain];
    [swapped[at], swapped[other]] = [chain[other] as ChainEntry, chain[at] as ChainEntry];
    return [renumbered(swapped), at + 1, 'reordered'];
  },
};

describe('a chain of the audit trail', () => {
  it('is whole as it was written, page by page', () => {
    const chain = written(30);
    expect(firstUnlinked({ sequence: 0, hash: GENESIS }, chain, seal)).toBeNull();
    expect(firstUnlinked(chain[9] as ChainEntry, chain.slice(10), seal)).toBeNull();
    expect(firstUnlinked(chain[9] as ChainEntry, chain.slice(11), seal)).toBe(0);
  });

  it.each(Object.entries(TAMPERINGS))('names the place and what happened where somebody %s', async (_what, tamper) => {
    await withRandom((random) => {
      for (let tried = 0; tried < 60; tried += 1) {
        const chain = written(random.int(6, 40));
        const [entries, sequence, problem] = tamper(chain, random.int(0, chain.length - 4), random);
        expect(check(entries, chain.length)).toMatchObject({ sequence, problem });
      }
    });
  });

  it('that was made anew without the key is wrong from the first entry on', () => {
    let last = GENESIS;
    const anew = written(5).map((entry) => {
      const linked = { ...entry, previousHash: last };
      last = hashOf(linked, forged);
      return { ...linked, hash: last };
    });
    expect(check(anew, 5)).toMatchObject({ sequence: 1, problem: 'changed', detail: expect.stringContaining('AUDIT_KEY') });
  });

  it('whose entry follows another than it followed is wrong where that one stands', () => {
    const [first, second] = written(2) as [ChainEntry, ChainEntry];
    const other = { ...first, data: '{"n":"other"}' };
    expect(check([{ ...other, hash: hashOf(other, seal) }, second], 2)).toMatchObject({ sequence: 1, problem: 'changed' });
  });
});
