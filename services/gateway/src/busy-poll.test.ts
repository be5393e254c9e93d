import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBusyPoll } from './busy-poll.ts';

let now = 0;
/** What the loop has to do before it may sleep. */
let due: (() => void)[] = [];

beforeEach(() => {
  due = [];
  vi.stubGlobal('setImmediate', (task: () => void) => due.push(task));
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Lets the loop go round once; says whether it would have slept instead. */
function sleeps(): boolean {
  const tasks = due.splice(0);
  for (const task of tasks) task();
  return tasks.length === 0;
}

describe('busy polling', () => {
  it('is off for 0', () => {
    expect(createBusyPoll(0)).toBeNull();
  });

  it('keeps the loop going until nothing has happened for its time, and begins again', () => {
    const stayAwake = createBusyPoll(2_000);
    expect(sleeps()).toBe(true);
    stayAwake?.(now);
    expect([sleeps(), sleeps()]).toEqual([false, false]);
    now += 1.9;
    stayAwake?.(now);
    expect(due).toHaveLength(1);
    now += 1.9;
    expect([sleeps(), sleeps()]).toEqual([false, false]);
    now += 0.2;
    sleeps();
    expect(sleeps()).toBe(true);
    stayAwake?.(now);
    expect(sleeps()).toBe(false);
  });
});
