import { describe, expect, it } from 'vitest';
import { WaitingLine } from './waiting-line.ts';

describe('WaitingLine', () => {
  it('serves in the order of arrival, as far as there is something to take', async () => {
    const line = new WaitingLine<string>();
    const first = line.join(new AbortController().signal);
    const second = line.join(new AbortController().signal);
    const supply = ['a'];
    line.serve(() => supply.shift() ?? null);
    expect(await first).toBe('a');
    expect(line.length).toBe(1);
    line.rejectAll(new Error('over'));
    await expect(second).rejects.toThrow('over');
  });

  it('forgets who left', async () => {
    const line = new WaitingLine<string>();
    const abort = new AbortController();
    const waiting = line.join(abort.signal);
    abort.abort();
    await expect(waiting).rejects.toThrow('aborted');
    expect(line.length).toBe(0);
    await expect(line.join(abort.signal)).rejects.toThrow('aborted');
  });
});
