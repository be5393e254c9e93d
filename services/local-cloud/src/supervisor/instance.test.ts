import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { until } from '../../test-kit/until.ts';
import { Instance } from './instance.ts';
import { isSameProcess } from './process-ownership.ts';

const IGNORES_SIGTERM = `
process.on('SIGTERM', () => console.log('asked to end'));
setInterval(() => undefined, 1000);
console.log('up');
`;

let dir = '';

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'instance-'));
});

afterEach(() => {
  vi.useRealTimers();
  fs.rmSync(dir, { recursive: true });
});

describe('an instance that ignores SIGTERM', { timeout: 30_000 }, () => {
  it('is killed ten seconds later, and not before', async () => {
    fs.writeFileSync(path.join(dir, 'server.mjs'), IGNORES_SIGTERM);
    const lines: string[] = [];
    const instance = new Instance(1, path.join(dir, 'run'), {
      onLine: (_stream, line) => lines.push(line),
      onStarted: () => undefined,
      onExit: () => undefined,
      failsProbe: () => false,
    });
    const env = { PATH: process.env['PATH'] ?? '' };
    instance.start({ entry: 'server.mjs', args: [], cwd: dir, env });
    await until('it is up', () => lines.includes('up'), 20_000);

    // Only the clock that the grace runs on is ours; the process and its signals are real.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const stopped = instance.stop();
    await vi.advanceTimersByTimeAsync(9_999);
    const asked = new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (!lines.includes('asked to end')) return;
        clearInterval(timer);
        resolve();
      }, 5);
    });
    await asked;
    expect(isSameProcess(instance.pid, null)).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    await stopped;
    await expect(instance.exited).resolves.toMatchObject({ signal: 'SIGKILL', expected: true });
    expect(isSameProcess(instance.pid, null)).toBe(false);
  });
});
