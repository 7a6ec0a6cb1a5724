/**
 * The text that SnapTrade signs: its JSON with keys sorted at every level, no white space, and everything beyond printable
 * ASCII escaped, as Python's `json.dumps(…, sort_keys=True, separators=(",", ":"))` writes it. Numbers keep their own digits.
 */
import { isLosslessNumber, parse } from 'lossless-json';

/** @throws SyntaxError where `text` is no JSON */
export function canonicalWebhook(text: string): string {
  return written(parse(text));
}

function written(value: unknown): string {
  if (isLosslessNumber(value)) return value.toString();
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => byCodePoint(a, b));
    return `{${entries.map(([key, held]) => `${ascii(key)}:${written(held)}`).join(',')}}`;
  }
  return typeof value === 'string' ? ascii(value) : JSON.stringify(value);
}

function ascii(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Python sorts by code point, JavaScript by UTF-16 unit: they differ beyond the first plane. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
