import { describe, expect, it } from 'vitest';
import type { UpstreamClient } from '../http1/upstream-client.ts';
import type { UpstreamErrorCode } from '../http1/upstream-error.ts';
import { upstreamSchema } from '../routing/config-document.ts';
import { Upstream } from './upstream.ts';
import type { UpstreamTarget } from './upstream-target.ts';

/** Nothing is sent here: attempts are reported by the tests. */
const client = (): UpstreamClient => ({
  send: () => {
    throw new Error('not in this test');
  },
  close: () => Promise.resolve(),
  destroy: () => undefined,
});

function upstreamOf(count: number): { upstream: Upstream; clock: { now: number } } {
  const clock = { now: 0 };
  const targets = Array.from({ length: count }, (_, index) => ({ url: `http://10.0.0.${index}` }));
  const upstream = new Upstream('backend', upstreamSchema.parse({ targets }), {
    client,
    idToken: () => {
      throw new Error('not in this test');
    },
    clock: () => clock.now,
    random: () => 0,
  });
  return { upstream, clock };
}

function fail(target: UpstreamTarget, error: UpstreamErrorCode = 'UPSTREAM_RESET'): void {
  target.report(0, error);
  target.ended();
}

const failedOn = (target: UpstreamTarget, error: UpstreamErrorCode) =>
  ({ target, attempt: 1, method: 'GET', bodyReplayable: true, error }) as const;

describe('an upstream with one target', () => {
  it('opens its circuit, says when to come again, and closes it by one probe', () => {
    const { upstream, clock } = upstreamOf(1);
    for (let i = 0; i < 20; i += 1) {
      const target = upstream.pick();
      if (target !== null) fail(target);
    }
    expect(upstream.pick()).toBeNull();
    expect(upstream.retryAfterSeconds()).toBe(5);
    clock.now = 5_000;
    const probe = upstream.pick();
    expect(upstream.pick()).toBeNull();
    probe?.report(200, undefined);
    probe?.ended();
    expect(upstream.pick()).not.toBeNull();
  });

  it('is not asked again when nobody listens, but on another connection when one died', () => {
    const { upstream } = upstreamOf(1);
    const target = upstream.pick();
    if (target === null) throw new Error('closed circuit');
    expect(upstream.retry(failedOn(target, 'UPSTREAM_UNREACHABLE'))).toBeNull();
    expect(upstream.retry(failedOn(target, 'UPSTREAM_STALE_CONNECTION'))).toBe(target);
  });

  it('frees the probe when the client leaves before an answer', () => {
    const { upstream, clock } = upstreamOf(1);
    for (let i = 0; i < 20; i += 1) upstream.pick()?.report(0, 'UPSTREAM_RESET');
    clock.now = 5_000;
    upstream.pick()?.ended();
    expect(upstream.pick()).not.toBeNull();
  });

  it('is not blamed for our own faults and the client', () => {
    const { upstream } = upstreamOf(1);
    for (let i = 0; i < 40; i += 1) upstream.pick()?.report(0, 'UPSTREAM_QUEUE_FULL');
    for (let i = 0; i < 40; i += 1) upstream.pick()?.report(503, undefined);
    expect(upstream.states()[0]?.circuit).toBe('closed');
    for (let i = 0; i < 80; i += 1) upstream.pick()?.report(504, undefined);
    expect(upstream.states()[0]?.circuit).toBe('open');
  });
});

describe('an upstream with several targets', () => {
  it('sends around the one that is down, and tries it elsewhere within the budget', () => {
    const { upstream } = upstreamOf(2);
    let [attempts, lost] = [0, 0];
    for (let request = 0; request < 200; request += 1) {
      let target = upstream.pick();
      for (let attempt = 1; target !== null; attempt += 1) {
        attempts += 1;
        if (target.host !== '10.0.0.0') {
          target.report(200, undefined);
          target.ended();
          break;
        }
        fail(target, 'UPSTREAM_UNREACHABLE');
        target = upstream.retry({ ...failedOn(target, 'UPSTREAM_UNREACHABLE'), attempt });
        if (target === null) lost += 1;
      }
    }
    expect(attempts).toBeLessThanOrEqual(220);
    expect(lost).toBe(0);
    expect(upstream.states().map(({ label, ejected }) => [label, ejected])).toEqual([
      ['backend/0', true],
      ['backend/1', false],
    ]);
    expect(upstream.states().map(({ inflight }) => inflight)).toEqual([0, 0]);
  });

  it('uses an ejected target rather than none', () => {
    const { upstream, clock } = upstreamOf(2);
    for (let i = 0; i < 12; i += 1) {
      const target = upstream.pick();
      if (target?.host === '10.0.0.0') fail(target);
      else target?.report(200, undefined);
    }
    for (let i = 0; i < 60; i += 1) {
      const target = upstream.pick();
      if (target?.host === '10.0.0.1') fail(target);
    }
    clock.now = 1;
    expect(upstream.pick()?.host).toBe('10.0.0.0');
  });
});
