import { describe, expect, it } from '@jest/globals';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Refusal } from '../problem/answer.js';
import { tokenVerifier } from './verify-token.js';

const NOW = Date.parse('2026-11-21T09:36:00Z');
const secret = 'a secret of at least thirty-two characters';
const key = new TextEncoder().encode(secret);
const seconds = NOW / 1_000;
const token = (over: { sub?: string | undefined; exp?: number | undefined; nbf?: number; aud?: string; iss?: string; scope?: unknown } = {}, alg = 'HS256', by: Uint8Array = key) => {
  const claims = { sub: 'ann', exp: seconds + 60, ...over };
  return new SignJWT(JSON.parse(JSON.stringify(claims))).setProtectedHeader({ alg }).sign(by);
};
const verify = tokenVerifier({ kind: 'secret', secret, issuer: undefined, audience: undefined }, () => NOW);

async function refused(check: Promise<unknown>): Promise<string> {
  const error = await check.then(() => null, (thrown: unknown) => thrown);
  if (!(error instanceof Refusal)) throw new Error(`not refused: ${String(error)}`);
  return `${error.problem.code}: ${error.problem.detail}`;
}

describe('tokens', () => {
  it('takes a good one', async () => {
    expect(await verify(await token({ scope: 'ops read' }))).toEqual({ userId: 'ann', scopes: ['ops', 'read'], expiresAt: seconds + 60 });
  });

  it('refuses what is expired, not yet valid, for others, or by others', async () => {
    const strict = tokenVerifier({ kind: 'secret', secret, issuer: 'us', audience: 'tidemark' }, () => NOW);
    expect(await refused(verify(await token({ exp: seconds - 10 })))).toMatch(/^unauthenticated: .*has expired/);
    expect(await refused(verify(await token({ nbf: seconds + 60 })))).toMatch(/"nbf"/);
    expect(await refused(strict(await token({ iss: 'us', aud: 'other' })))).toMatch(/"aud"/);
    expect(await refused(strict(await token({ iss: 'them', aud: 'tidemark' })))).toMatch(/"iss"/);
    expect(await refused(strict(await token()))).toMatch(/^unauthenticated/);
    expect((await strict(await token({ iss: 'us', aud: 'tidemark' }))).userId).toBe('ann');
  });

  it('refuses tokens without an end, without a subject, or with one that no database keeps', async () => {
    expect(await refused(verify(await token({ exp: undefined })))).toMatch(/"exp"/);
    expect(await refused(verify(await token({ sub: undefined })))).toMatch(/"sub"/);
    for (const sub of ['', 'a\0b', '\ud800', 'x'.repeat(201)]) expect(await refused(verify(await token({ sub })))).toMatch(/^unauthenticated/);
  });

  it('refuses a token that it knows from when it ends', async () => {
    let at = NOW;
    const later = tokenVerifier({ kind: 'secret', secret, issuer: undefined, audience: undefined }, () => at);
    const short = await token({ exp: seconds + 10 });
    expect((await later(short)).userId).toBe('ann');
    at = NOW + 14_000;
    expect((await later(short)).userId).toBe('ann');
    at = NOW + 16_000;
    expect(await refused(later(short))).toMatch(/has expired/);
  });

  it('refuses another algorithm, none, another key, and garbage', async () => {
    expect(await refused(verify(await token({}, 'HS512')))).toMatch(/algorithm is not accepted/);
    expect(await refused(verify(new UnsecuredJWT({ sub: 'ann', exp: seconds + 60 }).encode()))).toMatch(/^unauthenticated/);
    expect(await refused(verify(await token({}, 'HS256', new TextEncoder().encode('another secret of thirty-two characters'))))).toMatch(/signature/);
    const [head, , signature] = (await token()).split('.');
    for (const garbage of ['', 'x', '..', 'a.b.c', `${head}..${signature}`, `${head}.${Buffer.from('{"sub":"eve"}').toString('base64url')}.${signature}`, 'é.é.é', `${'a'.repeat(7_000)}.b.c`]) {
      expect(await refused(verify(garbage))).toMatch(/^unauthenticated/);
    }
  });

  it('checks an issuer\'s signatures with its keys, and never takes a public key for a secret', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const server = createServer((request, response) => {
      const { port } = server.address() as AddressInfo;
      if (request.url === '/.well-known/openid-configuration') return response.end(JSON.stringify({ jwks_uri: `http://127.0.0.1:${port}/keys` }));
      return void exportJWK(publicKey).then((jwk) => response.end(JSON.stringify({ keys: [{ ...jwk, kid: 'a', alg: 'RS256', use: 'sig' }] })));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const oidc = tokenVerifier({ kind: 'jwks', jwksUrl: undefined, issuer, audience: 'tidemark' }, () => NOW);
    const sign = (header: { alg: string; kid: string }, by: Parameters<SignJWT['sign']>[0]) => new SignJWT({ sub: 'ann', exp: seconds + 60, aud: 'tidemark', iss: issuer, scp: ['ops'] }).setProtectedHeader(header).sign(by);
    try {
      expect(await oidc(await sign({ alg: 'RS256', kid: 'a' }, privateKey))).toMatchObject({ userId: 'ann', scopes: ['ops'] });
      const pem = new TextEncoder().encode(await exportSPKI(publicKey));
      expect(await refused(oidc(await sign({ alg: 'HS256', kid: 'a' }, pem)))).toMatch(/algorithm is not accepted/);
      expect(await refused(oidc(await sign({ alg: 'RS256', kid: 'other' }, privateKey)))).toMatch(/^unauthenticated/);
    } finally {
      server.close();
    }
    const away = tokenVerifier({ kind: 'jwks', jwksUrl: `${issuer}/keys`, issuer, audience: 'tidemark' }, () => NOW);
    expect(await refused(away(await sign({ alg: 'RS256', kid: 'a' }, privateKey)))).toMatch(/^unavailable/);
  });
});
