import { describe, expect, it } from 'vitest';
import type { UpstreamErrorCode } from '../http1/upstream-error.ts';
import { retryVerdict } from './retry-rule.ts';
import type { FailedAttempt, UpstreamTarget } from './upstream-target.ts';

const stale: FailedAttempt = {
  target: {} as UpstreamTarget,
  attempt: 1,
  method: 'GET',
  bodyReplayable: true,
  error: 'UPSTREAM_STALE_CONNECTION',
};

describe('retryVerdict', () => {
  it('replaces a kept connection that died, for idempotent methods', () => {
    expect(retryVerdict(stale)).toBe('any_target');
    expect(retryVerdict({ ...stale, method: 'DELETE' })).toBe('any_target');
  });

  it.each(['UPSTREAM_UNREACHABLE', 'UPSTREAM_CONNECT_TIMEOUT'] as const)(
    'tries another target after %s, whatever the method: nothing was sent',
    (error) => {
      expect(retryVerdict({ ...stale, method: 'POST', error })).toBe('other_target');
    },
  );

  it.each<[string, Partial<FailedAttempt>]>([
    ['the third time', { attempt: 3 }],
    ['a body that is gone', { bodyReplayable: false }],
    ['what could be done twice', { method: 'POST' }],
    ['an unknown method', { method: 'PURGE' }],
  ])('never repeats %s', (_name, change) => {
    expect(retryVerdict({ ...stale, ...change })).toBe('no');
  });

  it.each<UpstreamErrorCode>([
    'UPSTREAM_RESET',
    'UPSTREAM_HEAD_TIMEOUT',
    'UPSTREAM_BODY_TIMEOUT',
    'UPSTREAM_INVALID_ANSWER',
    'UPSTREAM_TLS_INVALID',
    'UPSTREAM_QUEUE_FULL',
    'UPSTREAM_QUEUE_TIMEOUT',
    'UPSTREAM_REQUEST_INVALID',
    'UPSTREAM_REQUEST_BODY_FAILED',
    'UPSTREAM_HANDLER_FAILED',
    'UPSTREAM_CLOSED',
  ])('never repeats on %s', (error) => {
    expect(retryVerdict({ ...stale, error })).toBe('no');
  });
});
