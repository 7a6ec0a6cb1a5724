import { describe, expect, it } from '@jest/globals';
import { subsetOf } from './subset.js';

const figures = (...quantities: string[]) => quantities.map((quantity) => ({ quantity }));
const chosen = (quantities: string[], target: string, tolerance = '0', most?: number) => subsetOf(figures(...quantities), target, tolerance, most)?.map(({ quantity }) => quantity) ?? null;

describe('which few figures make a sum', () => {
  it('are the fewest, then the nearest, then the first', () => {
    expect(chosen(['1', '2', '3', '3'], '3')).toEqual(['3']);
    expect(chosen(['1', '2', '5', '4'], '6')).toEqual(['1', '5']);
    expect(chosen(['9.98', '10.01'], '10', '0.05')).toEqual(['10.01']);
  });

  it('are exact in decimals, of either sign', () => {
    expect(chosen(['0.1', '0.2', '-0.05'], '0.3')).toEqual(['0.1', '0.2']);
    expect(chosen(['0.1', '-0.2', '0.7'], '-0.1')).toEqual(['0.1', '-0.2']);
  });

  it('are one of all of them, however many', () => {
    expect(chosen([...Array.from({ length: 500 }, () => '7'), '5'], '5')).toEqual(['5']);
  });

  it('are at most four, of the first twenty', () => {
    expect(chosen(['1', '1', '1', '1'], '4')).toEqual(['1', '1', '1', '1']);
    expect(chosen(['1', '1', '1', '1', '1'], '5')).toBeNull();
    expect(chosen([...Array.from({ length: 20 }, () => '7'), '5', '6'], '11')).toBeNull();
    expect(chosen(['1', '1', '1'], '3', '0', 2)).toBeNull();
  });

  it('are none where nothing is asked for, or nothing is there', () => {
    expect([chosen(['1'], '0.5', '1'), chosen([], '3')]).toEqual([null, null]);
  });
});
