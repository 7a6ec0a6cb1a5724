import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from './config/config.js';
import { duration, flag, integer, natsUrl, oneOfTexts, optional, port, postgresUrl, secret, text, url } from './config/settings.js';
import { createLogger } from './logger.js';
import { inRequest } from './request-context.js';
import { continueTrace, parseTraceparent } from './traceparent.js';

describe('configuration', () => {
  it('takes defaults, reads what is given and leaves what is optional', () => {
    const settings = { A_PORT: port(3000), A_FLAG: flag(false), A_WAIT: duration('30s'), A_COUNT: integer({ min: 1, max: 9, default: 3 }), A_NAME: text('tide'), A_URL: optional(url()), NATS_URL: natsUrl(), A_MODE: oneOfTexts(['on', 'off'], 'on') };
    expect(readConfig(settings, { A_PORT: '0', A_FLAG: 'yes', A_WAIT: '2m', A_NAME: ' ' })).toEqual({ A_PORT: 0, A_FLAG: true, A_WAIT: 120_000, A_COUNT: 3, A_NAME: 'tide', A_URL: undefined, NATS_URL: 'nats://127.0.0.1:4222', A_MODE: 'on' });
  });

  it('names every wrong variable with what it accepts, and never repeats a value', () => {
    const read = () => readConfig({ A_PORT: port(), A_PG_URL: postgresUrl(), A_KEY: secret({ minLength: 8 }), NATS_URL: natsUrl(), A_MODE: oneOfTexts(['on', 'off']), A_WAIT: duration('1s') }, { A_PORT: '70000', A_KEY: 'hunter2', NATS_URL: 'nats://a:1,http://b', A_MODE: 'maybe', A_WAIT: '1 fortnight' });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/A_PORT must be a port/);
    expect(read).toThrow(/A_PG_URL is required: set it to an address that begins with postgres:\/\//);
    expect(read).toThrow(/A_KEY must be a secret of at least 8 characters/);
    expect(read).toThrow(/NATS_URL must be an address/);
    expect(read).toThrow(/A_MODE must be one of on, off/);
    expect(read).toThrow(/A_WAIT must be a length of time/);
    expect(read).not.toThrow(/hunter2|maybe|fortnight/);
  });

  it('says when the file of a secret cannot be read', () => {
    expect(() => readConfig({ A_KEY: secret() }, { A_KEY_FILE: '/nowhere/at/all' })).toThrow(/A_KEY_FILE names a file that cannot be read \(ENOENT\)/);
  });
});

describe('the log', () => {
  const written = (write: (log: ReturnType<typeof createLogger>) => void) => {
    let line = '';
    write(createLogger({ service: 'test', level: 'trace', destination: { write: (text) => void (line = text) } }));
    return line;
  };

  it('masks secrets by name at any depth, in errors and in texts', () => {
    const cause = Object.assign(new Error('GET postgres://ann:hunter2@db/x failed'), { config: { headers: { Authorization: 'Bearer hunter2hunter2', 'PLAID-SECRET': 'hunter2' } } });
    const line = written((log) => log.error({ err: new Error('sent access-sandbox-hunter2', { cause }), a: [{ b: { clientSecret: 'hunter2', userSecret: ['hunter2'], cookie: 'hunter2' } }], url: 'https://x/?userSecret=hunter2&a=1' }, 'with bearer hunter2hunter2'));
    expect(line).not.toContain('hunter2');
    expect(JSON.parse(line)).toMatchObject({ service: 'test', level: 'error', err: { type: 'Error', cause: { message: 'GET postgres://[redacted]@db/x failed' } } });
  });

  it('survives cycles and keeps what is no secret', () => {
    const a: Record<string, unknown> = { credentialRef: 'plaid/1', tokens: true, n: 1n };
    a['self'] = a;
    expect(JSON.parse(written((log) => log.info({ a }, 'x')))).toMatchObject({ a: { credentialRef: 'plaid/1', tokens: true, n: '1', self: '[circular]' } });
  });

  it('carries the id of the request that is being served', () => {
    const line = written((log) => inRequest({ userId: 'ann', requestId: 'r-9' }, () => log.info('x')));
    expect(JSON.parse(line)).toMatchObject({ requestId: 'r-9', userId: 'ann', msg: 'x' });
  });
});

describe('traces', () => {
  it('goes on with a sound parent and begins a trace where there is none', () => {
    const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(continueTrace(parent)).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/);
    expect(parseTraceparent(continueTrace('nonsense'))).not.toBeNull();
    expect(parseTraceparent(continueTrace('00-00000000000000000000000000000000-00f067aa0ba902b7-01'))?.traceId).not.toMatch(/^0+$/);
  });
});
