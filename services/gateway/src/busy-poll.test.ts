import { setTimeout as wait } from 'node:timers/promises';
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
    const stayAwake = createBusyPoll(WINDOW_MS * 1_000);
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
    const stayAwake = createBusyPoll(WINDOW_MS * 1_000);
    for (let i = 0; i < 100; i += 1) stayAwake?.(performance.now());
    expect(rounds).toHaveBeenCalledTimes(1);
    await wait(WINDOW_MS * 2);
  });
});
