import { describe, expect, it, vi } from 'vitest';
import { stopOnSignal } from './graceful-stop.ts';
import { createLogger } from './logger.ts';

interface Trial {
  exits: number[];
  ran: string[];
  logged: string[];
  end: () => void;
}

/** Emits on this process: the listeners are removed again by `end`. */
function trial(steps: Record<string, () => Promise<void> | void>, deadlineMs = 5_000): Trial {
  const before = { SIGTERM: process.listeners('SIGTERM'), SIGINT: process.listeners('SIGINT') };
  const exits: number[] = [];
  const ran: string[] = [];
  const logged: string[] = [];
  stopOnSignal({
    deadlineMs,
    exit: (code) => void exits.push(code),
    logger: createLogger({ service: 's', revision: 'r', write: (text) => void logged.push(text) }),
    steps: Object.entries(steps).map(([name, run]) => ({
      name,
      run: async () => {
        ran.push(name);
        await run();
      },
    })),
  });
  const end = (): void => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const added = process.listeners(signal).filter((each) => !before[signal].includes(each));
      for (const listener of added) process.removeListener(signal, listener);
    }
  };
  return { exits, ran, logged, end };
}

describe('stopOnSignal', () => {
  it('runs the steps in order and exits 0', async () => {
    const { exits, ran, end } = trial({ refuse: () => undefined, drain: () => undefined });
    process.emit('SIGTERM', 'SIGTERM');
    await vi.waitFor(() => expect(exits).toEqual([0]), { timeout: 10_000 });
    expect(ran).toEqual(['refuse', 'drain']);
    end();
  });

  it('goes on after a failing step and exits 1', async () => {
    const fail = (): Promise<void> => Promise.reject(new Error('stuck'));
    const { exits, ran, logged, end } = trial({ fail, close: () => undefined });
    process.emit('SIGINT', 'SIGINT');
    await vi.waitFor(() => expect(exits).toEqual([1]), { timeout: 10_000 });
    expect(ran).toEqual(['fail', 'close']);
    expect(logged.join('')).toContain('STOP_STEP_FAILED');
    end();
  });

  it('exits at once when the same signal comes again', () => {
    const { exits, end } = trial({ never: () => new Promise(() => undefined) });
    process.emit('SIGTERM', 'SIGTERM');
    process.emit('SIGTERM', 'SIGTERM');
    expect(exits).toEqual([1]);
    end();
  });

  it('goes on stopping when the parent sends another signal after Ctrl+C', async () => {
    let finish: () => void = () => undefined;
    const drained = new Promise<void>((resolve) => (finish = resolve));
    const { exits, ran, end } = trial({ drain: () => drained });
    process.emit('SIGINT', 'SIGINT');
    process.emit('SIGTERM', 'SIGTERM');
    expect(exits).toEqual([]);
    finish();
    await vi.waitFor(() => expect(exits).toEqual([0]), { timeout: 10_000 });
    expect(ran).toEqual(['drain']);
    end();
  });

  it('gives up at the deadline', async () => {
    const { exits, logged, end } = trial({ never: () => new Promise(() => undefined) }, 20);
    process.emit('SIGTERM', 'SIGTERM');
    await vi.waitFor(() => expect(exits).toEqual([1]), { timeout: 10_000 });
    expect(logged.join('')).toContain('STOP_TIMEOUT');
    end();
  });
});
