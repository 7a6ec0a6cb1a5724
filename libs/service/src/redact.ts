/**
 * The last line of defence before a log: members whose names say that they are secret are masked at any depth, and so is what
 * looks like a credential inside a text (URLs with passwords, bearer tokens, JWTs, Plaid tokens, PEM keys). Whoever logs should not pass secrets at all.
 */
const SECRET_KEY = /secret|passw|token|authori[sz]ation$|api[-_]?key|private[-_]?key|consumer[-_]?key|^cookie$|set-cookie|signature|^credentials?$|account[-_]?number|routing[-_]?number|^(numbers|iban|sid)$/i;
const MASK = '[redacted]';
const DEPTH = 8;

const PATTERNS: readonly [RegExp, string][] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/:@]+:[^\s/@]+@/gi, `$1${MASK}@`],
  [/\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}/gi, `$1 ${MASK}`],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, MASK],
  [/\b(access|public|link|processor)-(sandbox|development|production)-[\w-]+/g, MASK],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, MASK],
  [/([?&](?:[a-z_]*(?:token|secret|password|signature|api_?key)|code)=)[^&\s"']+/gi, `$1${MASK}`],
];

export function redactText(text: string): string {
  let clean = text;
  for (const [pattern, replacement] of PATTERNS) clean = clean.replace(pattern, replacement);
  return clean;
}

/** A copy without secrets, safe to write: errors become plain objects, cycles and too deep members are named. */
export function redact(value: unknown): unknown {
  return copy(value, 0, new Set());
}

function copy(value: unknown, depth: number, above: Set<object>): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return typeof value === 'function' ? undefined : value;
  if (above.has(value)) return '[circular]';
  if (depth >= DEPTH) return '[too deep]';
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  above.add(value);
  const made = Array.isArray(value) ? value.slice(0, 200).map((item) => copy(item, depth + 1, above)) : members(value, depth, above);
  above.delete(value);
  return made;
}

function members(value: object, depth: number, above: Set<object>): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  if (value instanceof Error) {
    made['type'] = value.name;
    made['message'] = redactText(value.message);
    made['stack'] = redactText(value.stack ?? '');
    if (value.cause !== undefined) made['cause'] = copy(value.cause, depth + 1, above);
  }
  for (const [key, held] of Object.entries(value)) {
    if (key in made) continue;
    made[key] = SECRET_KEY.test(key) && held !== null && held !== undefined && typeof held !== 'boolean' ? MASK : copy(held, depth + 1, above);
  }
  return made;
}
