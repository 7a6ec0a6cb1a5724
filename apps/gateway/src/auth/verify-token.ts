/**
 * Checks bearer tokens. The algorithms are pinned by how the gateway is configured, never taken from the token: with a secret
 * only HS256, with an issuer's keys only signatures, so that neither `none` nor a public key used as a secret passes.
 */
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { createSecretKey } from 'node:crypto';
import type { JwtConfig } from '../config.js';
import { Refusal, refusal } from '../problem/answer.js';
import type { Caller } from './caller.js';
import { VerifiedTokens } from './verified-tokens.js';

const SIGNATURES = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];

/** How far clocks may be apart. */
const TOLERANCE_SECONDS = 5;

/** @throws Refusal `unauthenticated`, or `unavailable` while the issuer's keys cannot be fetched */
export type VerifyToken = (token: string) => Promise<Caller>;

/** @param now milliseconds since the epoch */
export function tokenVerifier(config: JwtConfig, now: () => number): VerifyToken {
  const key: JWTVerifyGetKey = config.kind === 'secret' ? secretKey(config.secret) : remoteKeys(config.jwksUrl, config.issuer);
  const checks = {
    algorithms: config.kind === 'secret' ? ['HS256'] : SIGNATURES,
    requiredClaims: ['sub', 'exp'],
    clockTolerance: TOLERANCE_SECONDS,
    ...(config.issuer === undefined ? {} : { issuer: config.issuer }),
    ...(config.audience === undefined ? {} : { audience: config.audience }),
  };
  const verified = new VerifiedTokens(TOLERANCE_SECONDS);
  return async (token) => {
    const at = now();
    const known = verified.callerOf(token, at);
    if (known) return known;
    try {
      const { payload } = await jwtVerify(token, key, { ...checks, currentDate: new Date(at) });
      const caller = callerOf(payload);
      verified.keep(token, caller, at);
      return caller;
    } catch (error) {
      throw asRefusal(error);
    }
  };
}

function secretKey(secret: string): JWTVerifyGetKey {
  // A key of another kind is made into one of these for every token.
  const key = createSecretKey(Buffer.from(secret, 'utf8')).toCryptoKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  return async () => key;
}

function remoteKeys(jwksUrl: string | undefined, issuer: string | undefined): JWTVerifyGetKey {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    keys ??= (jwksUrl ? Promise.resolve(jwksUrl) : discover(issuer ?? '')).then((address) => createRemoteJWKSet(new URL(address), { timeoutDuration: 5_000, cooldownDuration: 30_000 }) as JWTVerifyGetKey);
    // A failed discovery is tried again with the next request.
    const found = await keys.catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
    return found(header, token);
  };
}

/** OpenID Connect Discovery 1.0, section 4. */
async function discover(issuer: string): Promise<string> {
  const answer = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(5_000) });
  const found = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (!answer.ok || typeof found.jwks_uri !== 'string') throw new Error('the issuer has no OpenID configuration');
  return found.jwks_uri;
}

function callerOf(payload: JWTPayload): Caller {
  const { sub, exp = 0 } = payload;
  if (!sub || sub.length > 200 || sub.includes('\0') || !sub.isWellFormed()) throw unauthenticated('its subject must be a text of 1 to 200 characters');
  // Facts that belong to no user (prices, symbols, closes) stand in the log under such names.
  if (sub.startsWith('~')) throw unauthenticated('its subject must not begin with ~: such names are reserved');
  const claimed = payload['scope'] ?? payload['scp'] ?? [];
  const scopes = typeof claimed === 'string' ? claimed.split(' ').filter(Boolean) : Array.isArray(claimed) ? claimed.filter((scope): scope is string => typeof scope === 'string') : [];
  return { userId: sub, scopes, expiresAt: exp };
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof errors.JWTExpired) return unauthenticated('it has expired');
  if (error instanceof errors.JWTClaimValidationFailed) return unauthenticated(`its claim "${error.claim}" is not accepted`);
  if (error instanceof errors.JOSEAlgNotAllowed) return unauthenticated('its algorithm is not accepted');
  if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) return isNetwork(error) ? refusal('unavailable', 'the keys of the token\'s issuer cannot be fetched now; try again in a moment') : unauthenticated('it cannot be read');
  return unauthenticated('its signature or form is not valid');
}

/** Malformed tokens make jose throw a TypeError now and then; a failed fetch is one too, with a cause. */
function isNetwork(error: unknown): boolean {
  const { name, message, cause } = error as Partial<Error>;
  return error instanceof errors.JWKSTimeout || name === 'TimeoutError' || cause !== undefined || /OpenID configuration|fetch failed/.test(message ?? '');
}

export function unauthenticated(why: string): Refusal {
  return refusal('unauthenticated', `the token is not accepted: ${why}`, { headers: { 'www-authenticate': 'Bearer realm="tidemark", error="invalid_token"' } });
}
