/** What holds of every life of an account's discrepancies, over random runs of random lines. */
import { describe, it } from '@jest/globals';
import type { Basis, Outcome } from '@tidemark/contracts';
import { chooseSeed } from '@tidemark/testing';
import fc from 'fast-check';
import { compare, isDiscrepancy } from '../comparison/compare.js';
import { uuid } from '../expectation/expectation.fixture.js';
import { decideDiscrepancies } from './discrepancy.decide.js';
import type { ExplainedLine, KnownDiscrepancy } from './discrepancy.decide.js';

const seed = chooseSeed();
const options = { seed, numRuns: 200 };
const ACCOUNT = uuid(1);
const BASES: readonly Basis[] = [{ kind: 'snapshot', id: uuid(11), at: '2026-11-01T21:00:00.000Z' }, { kind: 'book', id: uuid(12), at: '2026-11-05T21:00:00.000Z' }];

const quantity = fc.constantFrom('0', '1', '2', '-3');
const held = fc.dictionary(fc.constantFrom('equity:A', 'equity:B', 'currency:USD', 'crypto:BTC'), quantity, { maxKeys: 4 }).map((all) => new Map(Object.entries(all)));
const lines = fc.record({ expected: held, actual: held, stale: fc.boolean() }).map(({ expected, actual, stale }) =>
  compare(expected, actual, {}).map((line): ExplainedLine => ({ ...line, outcome: stale && isDiscrepancy(line.outcome) ? 'stale' : line.outcome, explanations: [], divergence: null })),
);
const run = fc.record({ basis: fc.constantFrom(...BASES), lines });

const step = (open: readonly KnownDiscrepancy[], { basis, lines: seen }: { basis: Basis; lines: readonly ExplainedLine[] }) => {
  const decision = decideDiscrepancies({ accountId: ACCOUNT, basis, open, lines: seen });
  return { decision, open: [...decision.open, ...decision.explain, ...decision.persist, ...open.filter(({ id }) => ![...decision.resolve.map(({ discrepancy }) => discrepancy.id), ...decision.explain.map((one) => one.id), ...decision.persist.map((one) => one.id)].includes(id))] };
};
const lived = (runs: readonly { basis: Basis; lines: readonly ExplainedLine[] }[]) => runs.reduce<KnownDiscrepancy[]>((open, one) => step(open, one).open, []);

describe(`every life of discrepancies (repeat with TIDEMARK_SEED=${seed})`, () => {
  it('opens nothing and ends nothing where the same lines come twice', () => {
    fc.assert(fc.property(fc.array(run), run, (before, one) => {
      const once = step(lived(before), one);
      const { decision, open } = step(once.open, one);
      return decision.open.length + decision.resolve.length + decision.explain.length === 0 && open.length === once.open.length;
    }), options);
  });

  it('has each of them once, under an identity that its asset, kind and basis make', () => {
    fc.assert(fc.property(fc.array(run), (runs) => {
      const open = lived(runs);
      return new Set(open.map(({ id }) => id)).size === open.length && new Set(open.map(({ asset, kind, basis }) => `${asset} ${kind} ${basis.id}`)).size === open.length;
    }), options);
  });

  it('ends by a green line exactly those of its asset, and by a stale one none', () => {
    fc.assert(fc.property(fc.array(run), run, (before, one) => {
      const open = lived(before);
      const { decision } = step(open, one);
      const outcomes = new Map<string, Outcome>(one.lines.map(({ asset, outcome }) => [asset, outcome]));
      const of = (asset: string) => outcomes.get(asset) ?? 'matched';
      const ended = new Map(decision.resolve.map(({ discrepancy, resolution }) => [discrepancy.id, resolution]));
      return open.every(({ id, asset, kind, basis }) => {
        const outcome = of(asset);
        if (outcome === 'stale') return !ended.has(id);
        if (isDiscrepancy(outcome)) return ended.get(id) === (kind === outcome && basis.id === one.basis.id ? undefined : 'superseded');
        return ended.get(id) === (basis.id === one.basis.id ? 'matched' : 'superseded');
      });
    }), options);
  });

  it('leaves open after a run what differs in it, and what it was silent about', () => {
    fc.assert(fc.property(fc.array(run), run, (before, one) => {
      const { open } = step(lived(before), one);
      const red = one.lines.filter(({ outcome }) => isDiscrepancy(outcome)).map(({ asset }) => asset);
      const silent = new Set(one.lines.filter(({ outcome }) => outcome === 'stale').map(({ asset }) => asset));
      const now = open.map(({ asset }) => asset);
      return red.every((asset) => now.filter((other) => other === asset).length === 1) && now.every((asset) => red.includes(asset) || silent.has(asset));
    }), options);
  });
});
