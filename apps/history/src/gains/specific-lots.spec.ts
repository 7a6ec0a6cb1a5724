import { describe, expect, it } from '@jest/globals';
import { id } from './gains.fixture.js';
import { picksAsked } from './specific-lots.js';

const asked = (...given: Parameters<typeof picksAsked>) => {
  const result = picksAsked(...given);
  return result.ok ? result.value : result.error.detail;
};

describe('lots that are named', () => {
  it('are sale, purchase and quantity', () => {
    expect(asked('specific', `${id(3)}:${id(1)}:2.5, ${id(3)}:${id(2)}:1`)).toEqual([{ sale: id(3), purchase: id(1), quantity: '2.5' }, { sale: id(3), purchase: id(2), quantity: '1' }]);
    expect(asked('fifo', undefined)).toEqual([]);
  });

  it('are refused with what would be accepted', () => {
    expect(asked('fifo', 'x')).toBe('lots: belongs to method=specific');
    expect(asked('specific', undefined)).toMatch(/^lots: is needed with method=specific; sale:purchase:quantity/);
    expect(asked('specific', `${id(3)}:${id(1)}`)).toMatch(/^lots: entry 1: sale:purchase:quantity/);
    expect(asked('specific', `${id(3)}:${id(1)}:1,x:${id(1)}:1`)).toBe('lots: entry 2: x is no id of a transaction');
    expect(asked('specific', `${id(3)}:${id(1)}:-1`)).toBe('lots: entry 1: -1 is no quantity above zero');
    expect(asked('specific', `${id(3)}:${id(1)}:1e3`)).toBe('lots: entry 1: 1e3 is no quantity above zero');
  });
});
