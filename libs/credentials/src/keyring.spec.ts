import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { parseKeyring } from './keyring.js';
import { fromSecretName, toSecretName } from './aws/secret-name.js';

const key = () => randomBytes(32).toString('base64');

describe('the keyring', () => {
  it('takes one key without a name, or several with names, the first current', () => {
    expect(parseKeyring(key())?.current).toBe('default');
    expect(parseKeyring(randomBytes(32).toString('base64url'))?.current).toBe('default');
    const several = parseKeyring(`2026-11:${key()}, 2025-01:${key()}\n`);
    expect(several?.current).toBe('2026-11');
    expect([...(several?.keys.keys() ?? [])]).toEqual(['2026-11', '2025-01']);
  });

  it.each([
    ['nothing', ''],
    ['a short key', randomBytes(16).toString('base64')],
    ['a long key', randomBytes(33).toString('base64')],
    ['a passphrase', 'correct horse battery staple'],
    ['two keys without names', `${key()},${key()}`],
    ['a name twice', `a:${key()},a:${key()}`],
    ['a name without a key', 'a:'],
  ])('refuses %s', (_what, text) => expect(parseKeyring(text)).toBeNull());
});

describe('names in Secrets Manager', () => {
  it.each(['connection/0196f3a0-0000-7000-8000-000000000001', 'user/snaptrade/auth0|ada=1', 'user/snaptrade/ada@example.com', 'user/snaptrade/Ж 漢'])('%s goes there and back', (ref) => {
    const name = toSecretName('tidemark/', ref);
    expect(name).toMatch(/^[A-Za-z0-9/_+=.@-]+$/);
    expect(fromSecretName('tidemark/', name)).toBe(ref);
    expect(fromSecretName('other/', name)).toBeNull();
  });
});
