/** The kinds of settings there are. Each takes an optional default; `optional` makes one that may be absent. */
import type { Setting } from './config.js';

function setting<T>(accepts: string, parse: (text: string) => T | undefined, fallback?: T): Setting<T> {
  return fallback === undefined ? { accepts, parse } : { accepts, parse, fallback: { value: fallback } };
}

/** May be absent: undefined then. */
export function optional<T>(inner: Setting<T>): Setting<T | undefined> {
  return { ...inner, fallback: { value: undefined } };
}

export function text(fallback?: string): Setting<string> {
  return setting('a text that is not empty', (value) => value, fallback);
}

export function oneOfTexts<const T extends readonly string[]>(values: T, fallback?: T[number]): Setting<T[number]> {
  return setting<T[number]>(`one of ${values.join(', ')}`, (value) => values.find((known) => known === value), fallback);
}

/** A comma separated list; empty by default. */
export function list(fallback: readonly string[] = []): Setting<readonly string[]> {
  return setting<readonly string[]>('a comma separated list', (value) => value.split(',').map((part) => part.trim()).filter(Boolean), fallback);
}

/** A TCP port; 0 takes a free one. */
export function port(fallback?: number): Setting<number> {
  return { ...integer({ min: 0, max: 65_535, ...(fallback === undefined ? {} : { default: fallback }) }), accepts: 'a port, 1 to 65535, or 0 for a free one' };
}

export function integer({ min = 0, max = Number.MAX_SAFE_INTEGER, default: fallback }: { min?: number; max?: number; default?: number } = {}): Setting<number> {
  const parse = (value: string) => (/^-?\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max ? Number(value) : undefined);
  return setting(`a whole number from ${min} to ${max}`, parse, fallback);
}

export function flag(fallback?: boolean): Setting<boolean> {
  const known: Readonly<Record<string, boolean>> = { true: true, '1': true, yes: true, false: false, '0': false, no: false };
  return setting('true or false', (value) => known[value.toLowerCase()], fallback);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time such as `30s`, in milliseconds. */
export function duration(fallback?: string): Setting<number> {
  const parse = (value: string) => {
    const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(value);
    return match ? Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0) : undefined;
  };
  return setting('a length of time such as 500ms, 30s, 5m, 2h or 1d', parse, fallback === undefined ? undefined : parse(fallback));
}

/** An address; `protocols` without the colon, such as `['http', 'https']`. Several, comma separated, where the protocol is `nats` or `tls`. */
export function url(protocols: readonly string[] = ['http', 'https'], fallback?: string): Setting<string> {
  const good = (value: string) => URL.canParse(value) && protocols.includes(new URL(value).protocol.slice(0, -1));
  const parse = (value: string) => (value.split(protocols.includes('nats') ? ',' : /(?!)/).every((part) => good(part.trim())) ? value : undefined);
  return setting(`an address that begins with ${protocols.map((name) => `${name}://`).join(' or ')}`, parse, fallback);
}

export const postgresUrl = (fallback?: string): Setting<string> => url(['postgres', 'postgresql'], fallback);

export const natsUrl = (fallback = 'nats://127.0.0.1:4222'): Setting<string> => url(['nats', 'tls'], fallback);

/** Kept out of every log. Also read from the file that `NAME_FILE` names. */
export function secret({ minLength = 1, default: fallback }: { minLength?: number; default?: string } = {}): Setting<string> {
  const accepts = minLength > 1 ? `a secret of at least ${minLength} characters` : 'a secret';
  return { ...setting(accepts, (value) => (value.length >= minLength ? value : undefined), fallback), fromFile: true };
}
