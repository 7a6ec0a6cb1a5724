/** One contract for both stores: Postgres for real, and Secrets Manager through its SDK against a server that speaks its wire format. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { openDatabase, provisionDatabase, provisionReader } from '@tidemark/postgres';
import type { Database } from '@tidemark/postgres';
import { testDatabase } from '@tidemark/testing';
import type { TestDatabase } from '@tidemark/testing';
import { ensureAccountNumberKey, readAccountNumberKey } from './account-number-key.js';
import { openAwsCredentialStore } from './aws/aws-credential-store.js';
import { connectionRef, userRef } from './credential-store.js';
import type { CredentialStore } from './credential-store.js';
import { parseKeyring } from './keyring.js';
import type { Keyring } from './keyring.js';
import { PostgresCredentialStore } from './postgres/postgres-credential-store.js';
import { prepareCredentialDatabase } from './postgres/prepare.js';
import { startSecretsManager } from './testing/secrets-manager.fixture.js';
import type { SecretsManagerServer } from './testing/secrets-manager.fixture.js';

const key = () => randomBytes(32).toString('base64');
const ring = (text: string) => parseKeyring(text) as Keyring;
const OLD = `old:${key()}`;
const NEW = `new:${key()}`;
const ref = connectionRef('0196f3a0-0000-7000-8000-000000000001');
const ofUser = userRef('snaptrade', 'auth0|ada');
const secret = { accessToken: 'access-sandbox-very-secret', itemId: 'item-1' };

let server: TestDatabase;
let database: Database;
let readerUrl: string;
let aws: SecretsManagerServer;
let stores: Record<string, CredentialStore>;

beforeAll(async () => {
  server = await testDatabase('credentials');
  const name = `${server.prefix}_c`;
  const urls = await provisionDatabase({ adminUrl: server.adminUrl, database: name, ownerPassword: 'o', servicePassword: 's' });
  readerUrl = (await provisionReader({ adminUrl: server.adminUrl, database: name, role: `${name}_sync`, password: 'r' })).url;
  await prepareCredentialDatabase(urls);
  await prepareCredentialDatabase(urls); // every start does it again
  database = await openDatabase({ url: urls.serviceUrl, application: 'test', poolSize: 3 });
  aws = await startSecretsManager();
  stores = {
    postgres: new PostgresCredentialStore(database, ring(OLD)),
    aws: await openAwsCredentialStore({ region: 'eu-central-1', prefix: 'tidemark/', endpoint: aws.url, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }),
  };
});

afterAll(async () => {
  await stores['aws']?.close();
  await database.close();
  await aws.close();
  await server.drop();
});

describe.each(['postgres', 'aws'])('the %s store', (kind) => {
  const store = () => stores[kind] as CredentialStore;

  it('keeps, replaces and destroys', async () => {
    expect(await store().get(ref)).toBeNull();
    await store().put({ ref, userId: 'auth0|ada', secret, note: { proof: 'p', accounts: [1, 2] } });
    expect(await store().read(ref)).toEqual({ ref, userId: 'auth0|ada', secret, note: { proof: 'p', accounts: [1, 2] } });
    await store().put({ ref, userId: 'auth0|ada', secret: { accessToken: 'second' } });
    expect(await store().get(ref)).toEqual({ accessToken: 'second' });
    expect((await store().read(ref))?.note).toBeNull();
    expect(await store().destroy(ref)).toBe(true);
    expect(await store().destroy(ref)).toBe(false);
    expect(await store().get(ref)).toBeNull();
  });

  it('creates once, also when asked at the same time', async () => {
    const made = await Promise.all([1, 2, 3].map((n) => store().create({ ref: ofUser, userId: 'auth0|ada', secret: { userSecret: `s${n}` } })));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await store().get(ofUser)).toEqual({ userSecret: `s${made.indexOf(true) + 1}` });
  });

  it('lists what it holds of a user and of nobody else', async () => {
    await store().put({ ref, userId: 'auth0|ada', secret });
    await store().put({ ref: userRef('snaptrade', 'bob'), userId: 'bob', secret });
    expect(await store().refsOfUser('auth0|ada')).toEqual([ref, ofUser].sort());
    expect(await store().refsOfUser('nobody')).toEqual([]);
  });

  it('makes one account number key for good', async () => {
    expect(await readAccountNumberKey(store())).toBeNull();
    const [one, other] = await Promise.all([ensureAccountNumberKey(store()), ensureAccountNumberKey(store())]);
    expect(one).toEqual(other);
    expect(await readAccountNumberKey(store())).toEqual(one);
  });
});

describe('what stands in Postgres', () => {
  const open = (keys: string) => new PostgresCredentialStore(database, ring(keys));

  it('is unreadable, and different each time', async () => {
    await open(OLD).put({ ref, userId: 'auth0|ada', secret });
    const first = await database.query<{ payload: Buffer; wrapped_key: Buffer }>('SELECT payload, wrapped_key FROM credential WHERE ref = $1', [ref]);
    await open(OLD).put({ ref, userId: 'auth0|ada', secret });
    const second = await database.query<{ payload: Buffer; wrapped_key: Buffer }>('SELECT payload, wrapped_key FROM credential WHERE ref = $1', [ref]);
    expect(first.rows[0]?.payload.toString('latin1')).not.toContain('secret');
    expect(first.rows[0]?.payload.equals(second.rows[0]?.payload as Buffer)).toBe(false);
    expect(first.rows[0]?.wrapped_key.equals(second.rows[0]?.wrapped_key as Buffer)).toBe(false);
  });

  it('opens with any key of the ring, and with the new one alone after a rotation', async () => {
    await expect(open(NEW).get(ref)).rejects.toMatchObject({ name: 'CredentialError', code: 'unknown_key', message: expect.stringMatching(/sealed with the key "old", which is not among CREDENTIALS_KEY \(there: new\)/) });
    expect(await open(`${NEW},${OLD}`).get(ref)).toEqual(secret);
    expect(await open(`${NEW},${OLD}`).rotate()).toBeGreaterThan(0);
    expect(await open(`${NEW},${OLD}`).rotate()).toBe(0);
    expect(await open(NEW).get(ref)).toEqual(secret);
    expect(await open(NEW).get(ofUser)).not.toBeNull();
  });

  it.each([
    ['the content was changed', `UPDATE credential SET payload = set_byte(payload, 20, get_byte(payload, 20) # 1) WHERE ref = $1`],
    ['the key was changed', `UPDATE credential SET wrapped_key = set_byte(wrapped_key, 20, get_byte(wrapped_key, 20) # 1) WHERE ref = $1`],
    ['it was cut off', `UPDATE credential SET payload = substring(payload FROM 1 FOR 10) WHERE ref = $1`],
    ['it was given to another user', `UPDATE credential SET user_id = 'mallory' WHERE ref = $1`],
    ['another credential was put in its place', `UPDATE credential c SET payload = o.payload, wrapped_key = o.wrapped_key FROM credential o WHERE c.ref = $1 AND o.ref LIKE 'user/snaptrade/auth0%'`],
  ])('does not open where %s, and the error tells no secret', async (_what, sql) => {
    await open(NEW).put({ ref, userId: 'auth0|ada', secret });
    await database.query(sql, [ref]);
    const failure = (await open(NEW).get(ref).catch((error: unknown) => error)) as Error;
    expect(failure).toMatchObject({ name: 'CredentialError', code: 'cannot_open' });
    expect(failure.message).toContain(ref);
    expect(failure.message + failure.stack).not.toMatch(/very-secret|access-sandbox/);
  });

  it('does not open with another key under the same id', async () => {
    await open(NEW).put({ ref, userId: 'auth0|ada', secret });
    await expect(open(`new:${key()}`).get(ref)).rejects.toMatchObject({ code: 'cannot_open', message: expect.stringMatching(/CREDENTIALS_KEY holds another key under that id/) });
  });

  it('may be read by sync and changed by connections alone', async () => {
    const reader = await openDatabase({ url: readerUrl, application: 'test', poolSize: 1 });
    try {
      const store = new PostgresCredentialStore(reader, ring(NEW));
      expect(await store.get(ref)).toEqual(secret);
      await expect(store.put({ ref, userId: 'x', secret })).rejects.toThrow(/permission denied/);
      await expect(store.destroy(ref)).rejects.toThrow(/permission denied/);
    } finally {
      await reader.close();
    }
  });
});

describe('what Secrets Manager sees', () => {
  it('is signed, and tags no user by name', () => {
    expect(aws.requests.length).toBeGreaterThan(0);
    expect(aws.requests.every((one) => one.authorization.startsWith('AWS4-HMAC-SHA256 '))).toBe(true);
    expect(JSON.stringify(aws.requests.flatMap((one) => one.body['Tags'] ?? []))).not.toContain('ada');
  });

  it('restores a name that was deleted by hand with a recovery window', async () => {
    const store = stores['aws'] as CredentialStore;
    await store.put({ ref, userId: 'auth0|ada', secret });
    aws.scheduleDeletion('tidemark/' + ref);
    expect(await store.get(ref)).toBeNull();
    await store.put({ ref, userId: 'auth0|ada', secret: { accessToken: 'again' } });
    expect(await store.get(ref)).toEqual({ accessToken: 'again' });
  });
});
