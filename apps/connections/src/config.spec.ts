import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConnectionsConfig } from './config.js';

const env = {
  CONNECTIONS_PG_URL: 'postgres://s:s@127.0.0.1/c', CREDENTIALS_PG_URL: 'postgres://s:s@127.0.0.1/k', CREDENTIALS_KEY: randomBytes(32).toString('base64'),
  PLAID_CLIENT_ID: 'id', PLAID_SECRET: 'a-plaid-secret', SNAPTRADE_ENABLED: 'false',
};

describe('configuration', () => {
  it('needs little, and has defaults for the rest', () => {
    expect(readConnectionsConfig(env)).toMatchObject({ CONNECTIONS_HTTP_PORT: 3001, TIDEMARK_PARTITIONS: 16, CREDENTIALS_STORE: 'postgres', INSTITUTIONS_MAX_AGE: 86_400_000, TIDEMARK_PUBLIC_URL: 'http://localhost:3000' });
  });

  it('names everything that is wrong at once and what would be accepted, and repeats no value', () => {
    const wrong = { ...env, CREDENTIALS_KEY: 'too-short-secret', CONNECTIONS_HTTP_PORT: 'many', PLAID_TIMEOUT_MS: 'soon', SNAPTRADE_ENABLED: 'true' };
    const failure = (() => { try { readConnectionsConfig(wrong); } catch (error) { return error as Error; } throw new Error('not refused'); })();
    for (const part of [/CREDENTIALS_KEY must be 32 bytes in base64/, /CONNECTIONS_HTTP_PORT must be a port/, /PLAID_TIMEOUT_MS must be a whole number/, /SNAPTRADE_CLIENT_ID/]) expect(failure.message).toMatch(part);
    expect(failure.message).not.toMatch(/too-short-secret|a-plaid-secret/);
  });

  it('reads provider secrets that are mounted as files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-'));
    const file = join(folder, 'plaid');
    writeFileSync(file, 'mounted-secret\n');
    try {
      const mounted = { ...env, PLAID_SECRET: '', PLAID_SECRET_FILE: file };
      expect(readConnectionsConfig(mounted).providers.find(({ id }) => id === 'plaid')?.clientSecret).toBe('mounted-secret');
      expect(() => readConnectionsConfig({ ...mounted, PLAID_SECRET_FILE: `${file}-not-there` })).toThrow(/PLAID_SECRET_FILE names a file that cannot be read/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('says what the chosen credential store needs', () => {
    expect(() => readConnectionsConfig({ ...env, CREDENTIALS_KEY: '' })).toThrow(/CREDENTIALS_KEY is required with CREDENTIALS_STORE=postgres/);
    expect(() => readConnectionsConfig({ ...env, CREDENTIALS_STORE: 'aws' })).toThrow(/CREDENTIALS_AWS_REGION is required/);
    expect(readConnectionsConfig({ ...env, CREDENTIALS_STORE: 'aws', CREDENTIALS_AWS_REGION: 'eu-central-1', CREDENTIALS_KEY: '', CREDENTIALS_PG_URL: '' }).CREDENTIALS_STORE).toBe('aws');
  });
});
