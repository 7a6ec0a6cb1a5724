import { describe, expect, it } from '@jest/globals';
import type { Basis, Explanation } from '@tidemark/contracts';
import { compare } from '../comparison/compare.js';
import { decideDiscrepancies, endAll } from './discrepancy.decide.js';
import type { ExplainedLine, KnownDiscrepancy } from './discrepancy.decide.js';
import { discrepancyId } from './identity.js';

const ACCOUNT = '00000000-0000-7000-8000-000000000001';
const BASIS: Basis = { kind: 'snapshot', id: '00000000-0000-7000-8000-0000000000b1', at: '2026-11-01T21:00:00.000Z' };
const BOOK: Basis = { kind: 'book', id: '00000000-0000-7000-8000-0000000000b2', at: '2026-11-10T21:00:00.000Z' };
const PROPOSED: Explanation = { kind: 'rounding', quantity: '1', complete: false, confidence: 50, summary: 'x', evidence: [] };

/** asset → [expected, actual] */
function lines(held: Record<string, readonly [string, string]>, explanations: readonly Explanation[] = []): ExplainedLine[] {
  const side = (index: 0 | 1) => new Map(Object.entries(held).map(([asset, quantities]) => [asset, quantities[index]]));
  return compare(side(0), side(1), {}).map((line) => ({ ...line, explanations, divergence: null }));
}

const decide = (open: readonly KnownDiscrepancy[], given: readonly ExplainedLine[], basis = BASIS) => decideDiscrepancies({ accountId: ACCOUNT, basis, open, lines: given });
const opened = (held: Record<string, readonly [string, string]>) => decide([], lines(held)).open;

describe('discrepancies of an account', () => {
  it('begin where lines differ, and nowhere else', () => {
    const { open, explain, persist, resolve } = decide([], lines({ 'equity:AAPL': ['10', '12'], 'equity:MSFT': ['5', '5'], 'currency:USD': ['0', '3'], 'etf:VTI': ['2', '0'] }));
    expect(open.map(({ asset, kind, difference }) => [asset, kind, difference])).toEqual([['currency:USD', 'missing_local', '3'], ['equity:AAPL', 'mismatch', '2'], ['etf:VTI', 'missing_remote', '-2']]);
    expect([explain, persist, resolve]).toEqual([[], [], []]);
  });

  it('go on under their identity where the same is seen again', () => {
    const open = opened({ 'equity:AAPL': ['10', '12'] });
    expect(decide(open, lines({ 'equity:AAPL': ['10', '12'] }))).toEqual({ open: [], explain: [], persist: open, resolve: [] });
  });

  it('go on with other figures where the difference has changed', () => {
    const open = opened({ 'equity:AAPL': ['10', '12'] });
    const decision = decide(open, lines({ 'equity:AAPL': ['10', '13'] }));
    expect(decision.explain.map(({ id, difference }) => [id, difference])).toEqual([[open[0]?.id, '3']]);
    expect([decision.open, decision.persist, decision.resolve]).toEqual([[], [], []]);
  });

  it('go on with another explanation where the figures are the same', () => {
    const open = opened({ 'equity:AAPL': ['10', '12'] });
    expect(decide(open, lines({ 'equity:AAPL': ['10', '12'] }, [PROPOSED])).explain.map(({ explanations }) => explanations)).toEqual([[PROPOSED]]);
  });

  it('end where a run matched their asset, and only there', () => {
    const open = opened({ 'equity:AAPL': ['10', '12'], 'equity:MSFT': ['5', '4'] });
    const { resolve, persist } = decide(open, lines({ 'equity:AAPL': ['12', '12'], 'equity:MSFT': ['5', '4'] }));
    expect(resolve.map(({ discrepancy, resolution }) => [discrepancy.asset, resolution])).toEqual([['equity:AAPL', 'matched']]);
    expect(persist.map(({ asset }) => asset)).toEqual(['equity:MSFT']);
  });

  it('end where neither side names their asset any more', () => {
    expect(decide(opened({ 'equity:AAPL': ['0', '12'] }), lines({ 'currency:USD': ['1', '1'] })).resolve.map(({ resolution }) => resolution)).toEqual(['matched']);
  });

  it('are superseded by one of another kind', () => {
    const { open, resolve } = decide(opened({ 'equity:AAPL': ['10', '12'] }), lines({ 'equity:AAPL': ['10', '0'] }));
    expect(open.map(({ kind }) => kind)).toEqual(['missing_remote']);
    expect(resolve.map(({ discrepancy, resolution }) => [discrepancy.kind, resolution])).toEqual([['mismatch', 'superseded']]);
  });

  it('are superseded where another basis is counted from, whether it agrees or not', () => {
    const before = opened({ 'equity:AAPL': ['10', '12'], 'equity:MSFT': ['5', '4'] });
    const { open, resolve } = decide(before, lines({ 'equity:AAPL': ['10', '12'], 'equity:MSFT': ['4', '4'] }), BOOK);
    expect(resolve.map(({ resolution }) => resolution)).toEqual(['superseded', 'superseded']);
    expect(open.map(({ asset, basis }) => [asset, basis])).toEqual([['equity:AAPL', BOOK]]);
    expect(before.map(({ id }) => id)).not.toContain(open[0]?.id);
  });

  it('are left as they are by a line that is stale', () => {
    const stale = lines({ 'equity:AAPL': ['10', '12'] }).map((line) => ({ ...line, outcome: 'stale' as const }));
    expect(decide(opened({ 'equity:AAPL': ['10', '12'] }), stale)).toEqual({ open: [], explain: [], persist: [], resolve: [] });
  });

  it('all end with their account', () => {
    expect(endAll(opened({ 'equity:AAPL': ['10', '12'], 'equity:MSFT': ['5', '4'] })).map(({ resolution }) => resolution)).toEqual(['account_gone', 'account_gone']);
  });
});

describe('the identity of a discrepancy', () => {
  it('is its account, asset, kind and period, and never changes', () => {
    expect(discrepancyId(ACCOUNT, 'equity:AAPL', 'mismatch', BASIS)).toBe('3a801c74-e0a9-5dd6-a96b-c3503afc7cce');
    const others = [discrepancyId('00000000-0000-7000-8000-000000000002', 'equity:AAPL', 'mismatch', BASIS), discrepancyId(ACCOUNT, 'equity:MSFT', 'mismatch', BASIS), discrepancyId(ACCOUNT, 'equity:AAPL', 'missing_local', BASIS), discrepancyId(ACCOUNT, 'equity:AAPL', 'mismatch', BOOK)];
    expect(new Set([...others, discrepancyId(ACCOUNT, 'equity:AAPL', 'mismatch', BASIS)]).size).toBe(5);
  });
});
