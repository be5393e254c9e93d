import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createBusyPoll } from './busy-poll.ts';

const WINDOW_MS = 20;

afterEach(() => {
  vi.restoreAllMocks();
});

/** How long the loop slept, in ms, until a timer of so many ms was due. */
async function sleptWithin(ms: number): Promise<number> {
  const before = performance.eventLoopUtilization();
  await wait(ms);
  return performance.eventLoopUtilization(before).idle;
}

describe('busy polling', () => {
  it('is off for 0', () => {
    expect(createBusyPoll(0)).toBeNull();
  });

  it('keeps the loop from sleeping until nothing has happened for its time, again and again', async () => {
    const stayAwake = createBusyPoll(WINDOW_MS * 1_000)?.stayAwake;
    for (let round = 0; round < 3; round += 1) {
      stayAwake?.(performance.now());
      expect(await sleptWithin(WINDOW_MS / 2)).toBe(0);
      stayAwake?.(performance.now());
      expect(await sleptWithin(WINDOW_MS / 2)).toBe(0);
      expect(await sleptWithin(WINDOW_MS * 2)).toBeGreaterThan(0);
    }
  });

  it('goes round once a turn, however much happens', async () => {
    const rounds = vi.spyOn(globalThis, 'setImmediate');
    const stayAwake = createBusyPoll(WINDOW_MS * 1_000)?.stayAwake;
    for (let i = 0; i < 100; i += 1) stayAwake?.(performance.now());
    expect(rounds).toHaveBeenCalledTimes(1);
    await wait(WINDOW_MS * 2);
  });

  it('counts the time in which nothing came, and not the work that follows a sign of life', async () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const poll = createBusyPoll(20_000);
    const turnAt = async (ms: number): Promise<void> => {
      now = ms;
      await nextTurn();
    };
    poll?.stayAwake(0);
    // Worked until 10, waited until 15, worked until 18, waited until the time was over.
    await turnAt(10);
    await turnAt(15);
    poll?.stayAwake(15);
    await turnAt(18);
    await turnAt(40);
    await turnAt(50);
    expect(poll?.waitedSeconds()).toBeCloseTo(0.005 + 0.022, 6);
  });
});
