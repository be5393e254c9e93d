import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.ts';

const SETTINGS = {
  errorPercent: 50,
  minRequests: 20,
  windowMs: 10_000,
  openMs: 5_000,
  maxOpenMs: 60_000,
};
const breaker = (): CircuitBreaker => new CircuitBreaker(SETTINGS, () => 0);

/** A circuit that opened at `now`. */
function opened(now: number): CircuitBreaker {
  const circuit = breaker();
  for (let i = 0; i < 20; i += 1) circuit.ended(true, now);
  return circuit;
}

describe('a circuit', () => {
  it('stays closed below the number of requests and below the share of errors', () => {
    const circuit = breaker();
    for (let i = 0; i < 19; i += 1) circuit.ended(true, 100);
    expect(circuit.state(100)).toBe('closed');
    for (let i = 0; i < 20; i += 1) circuit.ended(false, 100);
    circuit.ended(true, 100);
    expect(circuit.state(100)).toBe('open');
  });

  it('forgets what is older than its window', () => {
    const circuit = breaker();
    for (let i = 0; i < 19; i += 1) circuit.ended(true, 100);
    circuit.ended(true, 10_200);
    expect(circuit.state(10_200)).toBe('closed');
  });

  it('lets one probe through when its time is over, and closes when that succeeds', () => {
    const circuit = opened(100);
    expect([circuit.allows(5_099), circuit.retryAfterMs(5_099)]).toEqual([false, 1]);
    expect([circuit.state(5_100), circuit.allows(5_100)]).toEqual(['half_open', true]);
    expect(circuit.sent(5_100)).toBe(true);
    expect(circuit.allows(5_200)).toBe(false);
    circuit.probeEnded(false, 5_300);
    expect([circuit.state(5_300), circuit.allows(5_300)]).toEqual(['closed', true]);
    expect(circuit.sent(5_300)).toBe(false);
  });

  it('opens for twice as long after each failed probe, up to a minute', () => {
    const circuit = opened(0);
    const times: number[] = [];
    let now = 0;
    for (let i = 0; i < 6; i += 1) {
      now += circuit.retryAfterMs(now);
      circuit.sent(now);
      circuit.probeEnded(true, now);
      times.push(circuit.retryAfterMs(now));
    }
    expect(times).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
  });

  it('does not take late answers for the probe', () => {
    const circuit = opened(0);
    circuit.sent(5_000);
    circuit.ended(false, 5_100);
    expect(circuit.state(5_100)).toBe('half_open');
    circuit.ended(true, 5_100);
    expect(circuit.retryAfterMs(5_100)).toBe(9_900);
  });

  it('gives the slot of a lost or abandoned probe to the next request', () => {
    const circuit = opened(0);
    circuit.sent(5_000);
    expect(circuit.allows(14_999)).toBe(false);
    expect(circuit.allows(15_000)).toBe(true);
    circuit.probeAbandoned();
    expect(circuit.allows(5_001)).toBe(true);
  });

  it('never lets two probes through at once, never is open longer than the maximum', () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 12_000 }),
      act: fc.constantFrom('request', 'ordinary', 'probe', 'abandon'),
      failed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const circuit = new CircuitBreaker({ ...SETTINGS, minRequests: 2 }, () => 1);
        let now = 0;
        let probeSince = -Infinity;
        const acts = {
          request: () => {
            if (!circuit.allows(now) || !circuit.sent(now)) return;
            expect(now - probeSince).toBeGreaterThanOrEqual(10_000);
            probeSince = now;
          },
          ordinary: (failed: boolean) => circuit.ended(failed, now),
          probe: (failed: boolean) => circuit.probeEnded(failed, now),
          abandon: () => circuit.probeAbandoned(),
        };
        for (const { wait, act, failed } of steps) {
          now += wait;
          acts[act](failed);
          if (act === 'probe' || act === 'abandon') probeSince = -Infinity;
          expect(circuit.retryAfterMs(now)).toBeLessThanOrEqual(66_000);
        }
        // Whatever happened, it comes back: a probe is allowed once everything has run out.
        expect(circuit.allows(now + 70_000)).toBe(true);
      }),
    );
  });
});
