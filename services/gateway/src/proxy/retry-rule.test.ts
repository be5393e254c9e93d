import { describe, expect, it } from 'vitest';
import { mayRetry } from './retry-rule.ts';
import type { FailedAttempt } from './retry-rule.ts';

const dead: FailedAttempt = {
  method: 'GET',
  hasBody: false,
  attempt: 1,
  responseStarted: false,
  errorCode: 'UND_ERR_SOCKET',
};

describe('mayRetry', () => {
  it('repeats once on a dead connection', () => {
    expect(mayRetry(dead)).toBe(true);
    expect(mayRetry({ ...dead, errorCode: 'ECONNRESET' })).toBe(true);
  });

  it.each([
    ['the second time', { attempt: 2 }],
    ['after a byte of the answer', { responseStarted: true }],
    ['with a body', { hasBody: true }],
    ['what could be done twice', { method: 'POST' }],
    ['on a timeout', { errorCode: 'UND_ERR_HEADERS_TIMEOUT' }],
    ['when nobody listens', { errorCode: 'ECONNREFUSED' }],
    ['on garbage', { errorCode: 'HPE_INVALID_CONSTANT' }],
  ])('never %s', (_name, change) => {
    expect(mayRetry({ ...dead, ...change })).toBe(false);
  });
});
