import { describe, expect, it } from '@jest/globals';
import { problem, PROBLEM_CODES } from '@tidemark/contracts';
import { problemAnswer } from './answer.js';
import { problemOf } from './error-handler.js';
import { STATUS } from './status.js';

describe('problems', () => {
  it('give every code a status of an error', () => {
    for (const code of PROBLEM_CODES) expect(problemAnswer(problem(code, 'x'), 'r')).toMatchObject({ status: STATUS[code].status, body: { code, type: `urn:tidemark:problem:${code}`, requestId: 'r' } });
    expect(Object.values(STATUS).every(({ status }) => status >= 400 && status < 600)).toBe(true);
  });

  it('answer a code of a newer service as our own error', () => {
    expect(problemAnswer({ code: 'quantum_failure' as never, detail: 'x' }, 'r')).toMatchObject({ status: 500, body: { code: 'quantum_failure' } });
  });

  it('know the framework\'s errors, and that what they do not know is a bug', () => {
    const code = (name: string) => problemOf(Object.assign(new Error('x'), { code: name }))?.problem.code;
    expect(code('FST_ERR_CTP_BODY_TOO_LARGE')).toBe('payload_too_large');
    expect(code('FST_ERR_CTP_INVALID_MEDIA_TYPE')).toBe('unsupported_media_type');
    expect(code('FST_ERR_BAD_URL')).toBe('validation_failed');
    expect(problemOf(Object.assign(new Error('x'), { statusCode: 418 }))?.problem.code).toBe('validation_failed');
    expect(problemOf(new TypeError('x'))).toBeNull();
  });
});
