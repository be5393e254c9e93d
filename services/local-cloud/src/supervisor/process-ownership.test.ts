import { afterEach, describe, expect, it, vi } from 'vitest';
import { isSameProcess, processStartTime, signal } from './process-ownership.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('process ownership', () => {
  it('knows this process by its pid and start time', () => {
    expect(isSameProcess(process.pid, processStartTime(process.pid))).toBe(true);
    expect(isSameProcess(process.pid, 'another time')).toBe(false);
  });

  it.each([0, -1, Number.NaN])('%d is no process, and gets no signal', (pid) => {
    // Watched and not sent: it would reach this process's whole group, or every process.
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    expect(isSameProcess(pid, null)).toBe(false);
    signal(pid, 'SIGTERM');
    expect(kill).not.toHaveBeenCalled();
  });
});
