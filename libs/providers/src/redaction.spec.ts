import { describe, expect, it } from '@jest/globals';
import { redact, redactText, REMOVED } from './redaction.js';

describe('redaction', () => {
  it('removes secret fields at any depth, however they are spelt', () => {
    const value = { a: [{ access_token: 'tok-1', 'PLAID-SECRET': 'tok-2', nested: { userSecret: 'tok-3', consumerKey: 'tok-4', Authorization: 'tok-5', client_secret: 'tok-6', public_token: 'tok-7', routing: '021000021', account_number: '12345' } }] };
    const text = JSON.stringify(redact(value));
    expect(text).not.toMatch(/tok-\d|021000021|12345/);
    expect(text).toContain(REMOVED);
  });

  it('removes an account number but neither an account object nor an id of ours', () => {
    expect(redact({ account: '000123456789' })).toEqual({ account: REMOVED });
    expect(redact({ account: { id: 'a' }, accountId: 'b', accounts: ['c'] })).toEqual({ account: { id: 'a' }, accountId: 'b', accounts: ['c'] });
    expect(redact({ account: '0b0f9f0e-6f0e-5c57-8d52-6d5bb1a0e6a2' })).toEqual({ account: '0b0f9f0e-6f0e-5c57-8d52-6d5bb1a0e6a2' });
  });

  it('removes known secrets and tokens inside texts, percent-encoded ones too', () => {
    const text = redactText('GET /accounts?userId=u&userSecret=s%2Fcr%20t&timestamp=1 access-sandbox-12ab-34 Bearer abc.def mine=pa/ss w', ['pa/ss w']);
    expect(text).toBe(`GET /accounts?userId=u&userSecret=${REMOVED}&timestamp=1 ${REMOVED} Bearer ${REMOVED} mine=${REMOVED}`);
    expect(redactText(`url=${encodeURIComponent('pa/ss w')}`, ['pa/ss w'])).toBe(`url=${REMOVED}`);
  });

  it('removes a private key, whole or cut off', () => {
    const pem = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBuj\nq83vEjRWeJCr\n-----END EC PRIVATE KEY-----';
    expect(redactText(`key: ${pem} and more`)).toBe(`key: ${REMOVED} and more`);
    expect(redactText(`key: ${pem.slice(0, 50)}`)).toBe(`key: ${REMOVED}`);
    expect(JSON.stringify(redact({ text: JSON.stringify({ held: pem }) }))).not.toContain('MHcCAQEEIBuj');
  });

  it('reads errors and survives circles', () => {
    const error = Object.assign(new Error('with userSecret=abc'), { config: { headers: { 'PLAID-SECRET': 'abc' } } });
    expect(JSON.stringify(redact(error))).not.toContain('abc');
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(redact(circle)).toEqual({ self: REMOVED });
  });

  it('changes nothing of the original', () => {
    const value = { secret: 'abcd', list: ['abcd'] };
    redact(value, ['abcd']);
    expect(value).toEqual({ secret: 'abcd', list: ['abcd'] });
  });
});
