import { describe, expect, it } from '@jest/globals';
import { problemOf } from './api-client.js';

describe('a problem of the API', () => {
  it('names every wrong field and why', () => {
    const body = { code: 'validation_failed', detail: '2 fields are not accepted', errors: [{ field: 'from', message: 'is no day of the calendar' }, { field: '', message: 'give one of both' }] };
    const problem = problemOf(400, JSON.stringify(body), 'POST /ops/prices/refresh');
    expect(problem.message).toBe('POST /ops/prices/refresh: 2 fields are not accepted\n  from: is no day of the calendar\n  the request: give one of both');
    expect(problem).toMatchObject({ status: 400, code: 'validation_failed' });
  });

  it('says once what its detail says already', () => {
    const body = { code: 'validation_failed', detail: 'symbol: there is none', errors: [{ field: 'symbol', message: 'there is none' }] };
    expect(problemOf(400, JSON.stringify(body), 'POST /x').message).toBe('POST /x: symbol: there is none');
  });

  it('is told as it came where it is none', () => {
    expect(problemOf(404, '{"code":"not_found","detail":"gone"}', 'GET /x').message).toBe('GET /x: gone');
    expect(problemOf(502, '<html>', 'GET /x')).toMatchObject({ code: 'unknown', message: 'GET /x: status 502, <html>' });
  });
});
