import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_CRASHES, addCrash, isCrashLoop, restartDelayMs } from './back-off.ts';
import { desiredInstances } from './desired-instances.ts';

const count = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });

describe('desiredInstances', () => {
  const demands = fc.record({
    inFlight: count(500),
    waiting: count(500),
    concurrency: fc.integer({ min: 1, max: 100 }),
    minInstances: count(5),
    maxInstances: fc.integer({ min: 1, max: 10 }),
    serving: fc.boolean(),
    warm: fc.boolean(),
  });

  it('stays within the limits and covers the demand up to them', () => {
    fc.assert(
      fc.property(demands, (demand) => {
        const desired = desiredInstances(demand);
        const floor = Math.max(demand.serving ? demand.minInstances : 0, demand.warm ? 1 : 0);
        const ceiling = Math.max(demand.maxInstances, floor);
        expect(desired).toBeGreaterThanOrEqual(floor);
        expect(desired).toBeLessThanOrEqual(ceiling);
        const covered = desired * demand.concurrency >= demand.inFlight + demand.waiting;
        expect(covered || desired === ceiling).toBe(true);
      }),
    );
  });

  it('goes to zero when nothing asks and nothing serves', () => {
    const idle = { inFlight: 0, waiting: 0, concurrency: 80, minInstances: 2, maxInstances: 4 };
    expect(desiredInstances({ ...idle, serving: false, warm: false })).toBe(0);
    expect(desiredInstances({ ...idle, serving: true, warm: false })).toBe(2);
  });
});

describe('the back-off', () => {
  it('doubles from half a second to thirty', () => {
    let history = NO_CRASHES;
    const delays = Array.from({ length: 9 }, (_, index) => {
      history = addCrash(history, { at: index * 1000, readyForMs: 0 });
      return restartDelayMs(history);
    });
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('starts again after a stable minute', () => {
    const crashed = [0, 1, 2].reduce(
      (history, at) => addCrash(history, { at, readyForMs: 0 }),
      NO_CRASHES,
    );
    expect(restartDelayMs(addCrash(crashed, { at: 100_000, readyForMs: 60_000 }))).toBe(500);
  });

  it('calls five crashes within a minute a loop', () => {
    const times = [0, 10_000, 20_000, 30_000, 40_000];
    const history = times.reduce((all, at) => addCrash(all, { at, readyForMs: 0 }), NO_CRASHES);
    expect(isCrashLoop(history)).toBe(true);
    expect(isCrashLoop(addCrash(history, { at: 95_000, readyForMs: 0 }))).toBe(false);
  });
});
