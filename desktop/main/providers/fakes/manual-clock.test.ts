import { describe, expect, it } from 'vitest';
import { ManualClock } from './manual-clock.ts';

describe('ManualClock', () => {
  it('wakes sleepers in the order in which they are due', async () => {
    const clock = new ManualClock({ start: 0 });
    const woken: [string, number][] = [];
    const sleepThenNote = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woken.push([name, clock.now()]);
    };
    const all = Promise.all([sleepThenNote('late', 20), sleepThenNote('early', 10)]);
    await clock.advance(30);
    await all;
    expect(woken).toEqual([
      ['early', 10],
      ['late', 20],
    ]);
    expect(clock.now()).toBe(30);
  });

  it('wakes one that falls asleep again within the same advance', async () => {
    const clock = new ManualClock({ start: 0 });
    let rounds = 0;
    const loop = async (): Promise<void> => {
      while (rounds < 3) {
        await clock.sleep(10);
        rounds += 1;
      }
    };
    const running = loop();
    await clock.advance(30);
    await running;
    expect(clock.sleeping).toBe(0);
  });

  it('rejects with the signal’s reason, before and during a sleep', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    const sleeping = clock.sleep(1_000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(clock.sleep(1_000, abort.signal)).rejects.toThrow('enough');
    expect(clock.sleeping).toBe(0);
  });

  it('moves by itself when it is hurried', async () => {
    const clock = new ManualClock({ start: 0, hurried: true });
    await clock.sleep(60_000);
    expect(clock.now()).toBe(60_000);
  });
});
