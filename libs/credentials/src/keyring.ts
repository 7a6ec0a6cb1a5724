/**
 * Key-encryption keys. The first is the current one, with which everything new is sealed; the others open what was sealed before a
 * rotation. A key's id is stored beside what it sealed, so keys may be put in any order after the first.
 */
export interface Keyring {
  readonly current: string;
  readonly keys: ReadonlyMap<string, Uint8Array>;
}

const KEY_BYTES = 32;
const NAMED = /^([A-Za-z0-9._-]{1,64}):(.+)$/;

/**
 * @param text one key as base64, or several `id:base64` separated by commas, spaces or new lines
 * @returns null where a key is not 32 bytes of base64, an id stands there twice, or several keys come without ids
 */
export function parseKeyring(text: string): Keyring | null {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  const keys = new Map<string, Uint8Array>();
  for (const part of parts) {
    const named = NAMED.exec(part);
    if (!named && parts.length > 1) return null;
    const key = decode(named ? (named[2] ?? '') : part);
    const id = named ? (named[1] ?? '') : 'default';
    if (!key || keys.has(id)) return null;
    keys.set(id, key);
  }
  const [current] = keys.keys();
  return current === undefined ? null : { current, keys };
}

function decode(text: string): Uint8Array | null {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  if (!/^[A-Za-z0-9+/]{43}=?$/.test(standard)) return null;
  const bytes = Buffer.from(standard, 'base64');
  return bytes.length === KEY_BYTES ? bytes : null;
}
