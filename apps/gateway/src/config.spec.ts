import { describe, expect, it } from '@jest/globals';
import { DEVELOPMENT_SECRET, gatewayConfig } from './config.js';

const base = { GATEWAY_PG_URL: 'postgres://a:b@127.0.0.1/x' };
const production = { ...base, NODE_ENV: 'production' };
const own = 'a secret of our own that is long enough';

describe('the configuration of the gateway', () => {
  it('needs nothing but its database on a developer\'s machine', () => {
    expect(gatewayConfig(base)).toMatchObject({ production: false, GATEWAY_HTTP_PORT: 3000, jwt: { kind: 'secret', secret: DEVELOPMENT_SECRET } });
  });

  it('refuses to start in production with the secret of development, or without one', () => {
    expect(() => gatewayConfig(production)).toThrow(/GATEWAY_JWT_SECRET is required in production/);
    expect(() => gatewayConfig({ ...production, GATEWAY_JWT_SECRET: DEVELOPMENT_SECRET })).toThrow(/GATEWAY_JWT_SECRET must not be the secret of development/);
    expect(() => gatewayConfig({ ...production, GATEWAY_JWT_SECRET: own, GATEWAY_ANSWER_KEY: DEVELOPMENT_SECRET })).toThrow(/GATEWAY_ANSWER_KEY must not be/);
    expect(() => gatewayConfig({ ...production, GATEWAY_JWT_SECRET: 'short' })).toThrow(/at least 32 characters/);
    expect(gatewayConfig({ ...production, GATEWAY_JWT_SECRET: own })).toMatchObject({ production: true, answerKey: own });
  });

  it('takes an issuer only with an audience, and not beside a secret', () => {
    const issuer = { ...production, GATEWAY_JWT_ISSUER: 'https://login.example.com/' };
    expect(() => gatewayConfig(issuer)).toThrow(/GATEWAY_JWT_AUDIENCE is required/);
    expect(() => gatewayConfig({ ...issuer, GATEWAY_JWT_AUDIENCE: 'tidemark' })).toThrow(/GATEWAY_ANSWER_KEY is required/);
    expect(() => gatewayConfig({ ...base, GATEWAY_JWKS_URL: 'https://x/jwks', GATEWAY_JWT_AUDIENCE: 't', GATEWAY_JWT_SECRET: own })).toThrow(/exclude each other/);
    expect(gatewayConfig({ ...issuer, GATEWAY_JWT_AUDIENCE: 'tidemark', GATEWAY_ANSWER_KEY: own }).jwt).toEqual({ kind: 'jwks', jwksUrl: undefined, issuer: 'https://login.example.com/', audience: 'tidemark' });
  });

  it('never repeats a wrong value', () => {
    expect(() => gatewayConfig({ GATEWAY_PG_URL: 'mysql://root:hunter2@x/y' })).toThrow(/GATEWAY_PG_URL must be an address that begins with postgres:\/\//);
    expect(() => gatewayConfig({ GATEWAY_PG_URL: 'mysql://root:hunter2@x/y' })).not.toThrow(/hunter2/);
  });
});
