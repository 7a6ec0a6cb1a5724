/** Everything that can be set about the gateway, parsed once. In production the keys of development are refused. */
import { ConfigError, duration, integer, list, LOG_LEVELS, natsUrl, oneOfTexts, optional, port, postgresUrl, readConfig, secret, text, url } from '@tidemark/service';
import type { Env, Parsed } from '@tidemark/service';

/** Known to everybody, so it protects nothing: only for a developer's machine and tests. */
export const DEVELOPMENT_SECRET = 'tidemark-development-secret-not-for-production';

const settings = {
  NODE_ENV: oneOfTexts(['development', 'test', 'production'], 'development'),
  LOG_LEVEL: oneOfTexts(LOG_LEVELS, 'info'),
  NATS_URL: natsUrl(),
  GATEWAY_HOST: text('127.0.0.1'),
  GATEWAY_HTTP_PORT: port(3000),
  GATEWAY_PG_URL: postgresUrl(),
  GATEWAY_PG_OWNER_URL: optional(postgresUrl()),
  /** HS256. Used where no JWKS is configured. */
  GATEWAY_JWT_SECRET: optional(secret({ minLength: 32 })),
  GATEWAY_JWT_ISSUER: optional(text()),
  GATEWAY_JWT_AUDIENCE: optional(text()),
  /** Without it, and with an https issuer and no secret, it is found through the issuer's OpenID configuration. */
  GATEWAY_JWKS_URL: optional(url()),
  /** Encrypts remembered answers; derived from GATEWAY_JWT_SECRET where absent. */
  GATEWAY_ANSWER_KEY: optional(secret({ minLength: 32 })),
  /** Requests a minute. */
  GATEWAY_RATE_LIMIT_USER: integer({ min: 1, default: 3_000 }),
  GATEWAY_RATE_LIMIT_IP: integer({ min: 1, default: 600 }),
  GATEWAY_RATE_LIMIT_WEBHOOKS: integer({ min: 1, default: 6_000 }),
  GATEWAY_CORS_ORIGINS: list(),
  /** Addresses or networks of proxies whose X-Forwarded-For is believed. */
  GATEWAY_TRUST_PROXY: list(),
  GATEWAY_BODY_LIMIT: integer({ min: 1_024, max: 16_777_216, default: 1_048_576 }),
  GATEWAY_IDEMPOTENCY_TTL: duration('24h'),
  GATEWAY_EVENTS_PER_USER: integer({ min: 1, default: 10 }),
  /** Live sockets of one user on this replica, messages a minute from one, different values over one. */
  GATEWAY_LIVE_PER_USER: integer({ min: 1, default: 10 }),
  GATEWAY_LIVE_MESSAGES: integer({ min: 1, default: 120 }),
  GATEWAY_LIVE_VALUES: integer({ min: 1, max: 10_000, default: 50 }),
  GATEWAY_LIVE_HEARTBEAT: duration('20s'),
  /** How often live values are asked for again; the history service keeps them for 30 s. */
  GATEWAY_LIVE_RENEW: duration('10s'),
  GATEWAY_TIMEOUT: duration('10s'),
  /** For what waits for a provider: linking, completing, reconnecting, removing. */
  GATEWAY_PROVIDER_TIMEOUT: duration('90s'),
};

export interface GatewayConfig extends Parsed<typeof settings> {
  readonly production: boolean;
  readonly jwt: JwtConfig;
  readonly answerKey: string;
}

export type JwtConfig = { readonly audience: string | undefined; readonly issuer: string | undefined } & ({ readonly kind: 'secret'; readonly secret: string } | { readonly kind: 'jwks'; readonly jwksUrl: string | undefined });

export function gatewayConfig(env: Env): GatewayConfig {
  const parsed = readConfig(settings, env);
  const production = parsed.NODE_ENV === 'production';
  const jwt = jwtConfig(parsed, production);
  const answerKey = parsed.GATEWAY_ANSWER_KEY ?? (jwt.kind === 'secret' ? jwt.secret : undefined) ?? (production ? undefined : DEVELOPMENT_SECRET);
  if (!answerKey) throw new ConfigError(['GATEWAY_ANSWER_KEY is required where tokens are checked by JWKS: set it to a secret of at least 32 characters, or GATEWAY_ANSWER_KEY_FILE to a file that holds it']);
  if (production && answerKey === DEVELOPMENT_SECRET) throw new ConfigError(['GATEWAY_ANSWER_KEY must not be the secret of development in production']);
  return { ...parsed, production, jwt, answerKey };
}

function jwtConfig(parsed: Parsed<typeof settings>, production: boolean): JwtConfig {
  const { GATEWAY_JWT_SECRET: given, GATEWAY_JWT_ISSUER: issuer, GATEWAY_JWT_AUDIENCE: audience, GATEWAY_JWKS_URL: jwksUrl } = parsed;
  const discoverable = given === undefined && issuer !== undefined && URL.canParse(issuer) && issuer.startsWith('http');
  if (jwksUrl !== undefined || discoverable) {
    if (given !== undefined) throw new ConfigError(['GATEWAY_JWT_SECRET and GATEWAY_JWKS_URL exclude each other: a token is checked with one or the other']);
    // Without an audience, a token that the issuer made for any other application would be taken here.
    if (audience === undefined) throw new ConfigError(['GATEWAY_JWT_AUDIENCE is required where tokens are checked by JWKS: set it to the audience that the issuer gives this API']);
    return { kind: 'jwks', jwksUrl, issuer, audience };
  }
  if (production && given === undefined) throw new ConfigError(['GATEWAY_JWT_SECRET is required in production: set it to a secret of at least 32 characters, or set GATEWAY_JWKS_URL or GATEWAY_JWT_ISSUER to an OIDC issuer']);
  if (production && given === DEVELOPMENT_SECRET) throw new ConfigError(['GATEWAY_JWT_SECRET must not be the secret of development in production: set it to one of your own']);
  return { kind: 'secret', secret: given ?? DEVELOPMENT_SECRET, issuer, audience };
}
