import { describe, expect, it } from '@jest/globals';
import { Silence } from './silence.js';

describe('a log that does not answer', () => {
  it('is told of once when it lasts, and once more when it is over', () => {
    const lines: string[] = [];
    let now = 0;
    const logger = { debug: () => undefined, info: (_about: object, text: string) => void lines.push(`info ${text}`), warn: (_about: object, text: string) => void lines.push(`warn ${text}`), error: () => undefined };
    const silence = new Silence(logger, { projection: 'p', log: 'sync' }, () => now);
    for (now = 0; now < 10_000; now += 2_000) silence.lasts('no responders');
    silence.ended();
    expect(lines).toEqual([]);
    for (now = 20_000; now <= 40_000; now += 2_000) silence.lasts('no responders');
    expect(lines).toEqual(['warn could not ask how far the log reaches for 10 s']);
    silence.ended();
    silence.ended();
    expect(lines.slice(1)).toEqual(['info the log says again how far it reaches']);
  });
});
