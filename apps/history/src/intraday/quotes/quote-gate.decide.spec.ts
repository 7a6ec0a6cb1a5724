import { describe, expect, it } from '@jest/globals';
import { exact } from '@tidemark/money';
import { judgeQuote } from './quote-gate.decide.js';
import type { Known } from './quote-gate.decide.js';

const NOW = Date.parse('2026-11-20T15:00:00Z');
const known: Known = { now: NOW, open: true, last: null, close: exact('200') };
const judge = (price: string, at: number, given: Partial<Known> = {}) => judgeQuote({ price: exact(price), at }, { ...known, ...given });

describe('the gate of quotes', () => {
  it('believes a price near the last close, and the first one of what never closed', () => {
    expect(judge('201.13', NOW)).toBeNull();
    expect(judge('0.00000001', NOW, { close: null })).toBeNull();
  });

  it('drops a price of nothing or less', () => {
    expect([judge('0', NOW), judge('-201', NOW)]).toEqual(['not_positive', 'not_positive']);
  });

  it('drops what is a hundred times the last close or quote, or a hundredth of it', () => {
    expect([judge('20000', NOW), judge('2', NOW)]).toEqual(['spike', 'spike']);
    const last = { price: exact('210'), at: NOW - 1_000 };
    expect([judge('21000', NOW, { last }), judge('1679.99', NOW, { last }), judge('1680', NOW, { last })]).toEqual(['spike', null, 'spike']);
  });

  it('measures by the last quote that was believed rather than by an old close', () => {
    expect(judge('5000', NOW, { last: { price: exact('2000'), at: NOW } })).toBeNull();
  });

  it('drops what was traded before the last one, takes what was traded in the same millisecond', () => {
    const last = { price: exact('210'), at: NOW };
    expect([judge('211', NOW - 1, { last }), judge('211', NOW, { last })]).toEqual(['out_of_order', null]);
  });

  it('drops what comes from the future or outside of the trading hours', () => {
    expect([judge('201', NOW + 60_001), judge('201', NOW + 60_000), judge('201', NOW, { open: false })]).toEqual(['future', null, 'outside_session']);
  });
});
