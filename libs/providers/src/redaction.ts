/**
 * Takes secrets out of anything that is about to be logged, stored or answered: by the name of the field, by the form of the
 * text (tokens, signed URLs), and by the very strings that the caller knows to be secret. What is removed leaves a mark, so
 * that a reader sees that something was there.
 */
export const REMOVED = '[removed]';

/** Compared without case, `_` and `-`. */
const SECRET_FIELDS = new Set([
  'accesstoken', 'publictoken', 'linktoken', 'processortoken', 'refreshtoken', 'idtoken', 'token', 'secret', 'clientsecret', 'plaidsecret', 'usersecret',
  'webhooksecret', 'consumerkey', 'apikey', 'privatekey', 'password', 'passphrase', 'authorization', 'proxyauthorization', 'cookie', 'setcookie', 'signature', 'plaidverification',
  'accountnumber', 'routingnumber', 'routing', 'wirerouting', 'iban', 'sortcode', 'ssn', 'taxid', 'number', 'institutionaccountid', 'credential', 'credentials',
]);
/** Fields that hold a number in one place of a provider's answer and an object or an id of ours in another. */
const NUMBER_FIELDS = new Set(['account', 'accountref']);
const ACCOUNT_NUMBER = /^[\d*xX •-]{5,}$/;

const SECRET_TEXTS: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, REMOVED],
  [/\b((?:user|client|consumer|webhook)?_?(?:secret|key)|access_?token|public_?token|link_?token|api_?key|signature|password|token)=[^&\s"']+/gi, `$1=${REMOVED}`],
  [/\b(access|public|link|processor)-(sandbox|development|production)-[A-Za-z0-9-]+/g, REMOVED],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+/gi, `$1 ${REMOVED}`],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/g, REMOVED],
];
const DEEPEST = 30;

/**
 * A copy of `value` without secrets. @param secrets strings known to be secret (a client secret, an access token, a full
 * account number): each is removed wherever it stands inside a text. Shorter than four characters they are left alone, since
 * they would blank ordinary words.
 */
export function redact<T>(value: T, secrets: readonly string[] = []): T {
  return redactAt(value, withEncoded(secrets), 0, new Set()) as T;
}

/** One text without secrets. */
export function redactText(text: string, secrets: readonly string[] = []): string {
  return cleaned(text, withEncoded(secrets));
}

function redactAt(value: unknown, secrets: readonly string[], depth: number, above: ReadonlySet<object>): unknown {
  if (typeof value === 'string') return cleaned(value, secrets);
  if (value === null || typeof value !== 'object') return typeof value === 'function' ? undefined : value;
  if (depth > DEEPEST || above.has(value)) return REMOVED;
  const within = new Set([...above, value]);
  if (Array.isArray(value)) return value.map((item) => redactAt(item, secrets, depth + 1, within));
  if (value instanceof Date) return value;
  const source = value instanceof Error ? { ...value, name: value.name, message: value.message, stack: value.stack } : value;
  return Object.fromEntries(Object.entries(source).map(([key, held]) => [key, isSecretField(key, held) ? REMOVED : redactAt(held, secrets, depth + 1, within)]));
}

function isSecretField(key: string, held: unknown): boolean {
  if (held === null || held === undefined || typeof held === 'boolean') return false;
  const name = key.toLowerCase().replace(/[_-]/g, '');
  if (SECRET_FIELDS.has(name)) return true;
  return NUMBER_FIELDS.has(name) && (typeof held === 'string' || typeof held === 'number') && ACCOUNT_NUMBER.test(String(held));
}

function cleaned(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, REMOVED);
  for (const [pattern, mark] of SECRET_TEXTS) clean = clean.replace(pattern, mark);
  return clean;
}

/** A secret in a URL is percent-encoded there. */
function withEncoded(secrets: readonly string[]): readonly string[] {
  const long = secrets.filter((secret) => secret.length >= 4);
  return [...new Set(long.flatMap((secret) => [secret, encodeURI(secret), encodeURIComponent(secret)]))];
}
