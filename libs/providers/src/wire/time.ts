/** Days and instants of the wire in the two forms that events keep: `2026-11-21` and `2026-11-21T09:36:00.000Z`. */
import { at, misshapen, optionalText, textAt } from './shape.js';
import type { Fields } from './shape.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_AND_TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(:\d{2}(\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?$/;

/** Markets' days: a trade at 01:00 UTC belongs to the New York day before. */
const MARKET_ZONE = 'America/New_York';
const marketDay = new Intl.DateTimeFormat('en-CA', { timeZone: MARKET_ZONE, year: 'numeric', month: '2-digit', day: '2-digit' });

export interface WireMoment {
  readonly day: string;
  /** Null where the wire gives a day alone, or its midnight. */
  readonly at: string | null;
}

/** An instant; a day alone is its first moment in UTC. Null where the text is neither. */
export function instantOf(text: string): string | null {
  if (!DAY.test(text) && !DAY_AND_TIME.test(text)) return null;
  const zoned = DAY_AND_TIME.exec(text);
  const parsed = new Date(zoned && zoned[5] === undefined ? `${text.replace(' ', 'T')}Z` : text.replace(' ', 'T'));
  return Number.isNaN(parsed.getTime()) ? null : parsed.toISOString();
}

export function optionalInstant(parent: Fields, key: string, path: string): string | null {
  const text = optionalText(parent, key, path);
  return text === null ? null : (instantOf(text) ?? misshapen(at(path, key), 'a day or an instant is expected'));
}

export function dayAt(parent: Fields, key: string, path: string): string {
  return momentOf(textAt(parent, key, path), at(path, key)).day;
}

export function optionalMoment(parent: Fields, key: string, path: string): WireMoment | null {
  const text = optionalText(parent, key, path);
  return text === null ? null : momentOf(text, at(path, key));
}

/** Midnight is how a provider writes a day for which it has no time, so it stays a day and moves to no other. */
function momentOf(text: string, path: string): WireMoment {
  const instant = instantOf(text);
  if (instant === null) return misshapen(path, 'a day or an instant is expected');
  const day = text.slice(0, 10);
  const clock = DAY_AND_TIME.exec(text)?.[2];
  if (clock === undefined || /^[0:.]+$/.test(clock)) return { day, at: null };
  return { day: marketDay.format(new Date(instant)), at: instant };
}
