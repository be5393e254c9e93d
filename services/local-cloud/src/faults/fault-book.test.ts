import { afterEach, describe, expect, it, vi } from 'vitest';
import { withCallFaults } from './call-faults.ts';
import { FaultBook, matches } from './fault-book.ts';
import { instanceFaults } from './instance-faults.ts';

describe('FaultBook', () => {
  it('is empty unless asked, counts down, and forgets', () => {
    const book = new FaultBook();
    const take = (): unknown => book.take('lost-response', ({ method }) => matches(method, 'Get'));
    expect(take()).toBeNull();
    book.add({ kind: 'lost-response', method: 'Get', times: 2 });
    expect(book.take('lost-response', ({ method }) => matches(method, 'Other'))).toBeNull();
    expect(take()).toMatchObject({ times: 2 });
    expect(take()).toMatchObject({ times: 1 });
    expect(take()).toBeNull();
    expect(book.list()).toEqual([]);
  });

  it('replaces a fault of the same id and removes by id', () => {
    const book = new FaultBook([{ kind: 'slow-start', id: 'a', service: '*', ms: 1 }]);
    book.add({ kind: 'slow-start', id: 'a', service: '*', ms: 2 });
    expect(book.list()).toMatchObject([{ id: 'a', ms: 2 }]);
    book.remove('a');
    expect(book.list()).toEqual([]);
  });
});

describe('withCallFaults', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('answers the meant call late, and acts only then', async () => {
    vi.useFakeTimers();
    const book = new FaultBook([{ kind: 'slow-call', method: 'GetService', ms: 5000, times: 1 }]);
    const done: string[] = [];
    const call = (method: string): Promise<unknown> =>
      withCallFaults(book, method, () => ({ done: done.push(method) }));
    const slow = call('GetService');
    await call('ListServices');
    await vi.advanceTimersByTimeAsync(4999);
    expect(done).toEqual(['ListServices']);
    await vi.advanceTimersByTimeAsync(1);
    await slow;
    await call('GetService');
    expect(done).toEqual(['ListServices', 'GetService', 'GetService']);
  });
});

describe('instanceFaults', () => {
  it('hold start-up probes back for a while, of the named service only', () => {
    const faults = instanceFaults(
      new FaultBook([{ kind: 'slow-start', service: 'shop', ms: 60_000 }]),
    );
    const now = Date.now();
    expect(faults.failsProbe('shop', { kind: 'startup', startedAt: now })).toBe(true);
    expect(faults.failsProbe('shop', { kind: 'liveness', startedAt: now })).toBe(false);
    expect(faults.failsProbe('till', { kind: 'startup', startedAt: now })).toBe(false);
    expect(faults.failsProbe('shop', { kind: 'startup', startedAt: now - 61_000 })).toBe(false);
  });

  it('fail liveness probes when asked to', () => {
    const faults = instanceFaults(
      new FaultBook([{ kind: 'failing-probe', service: '*', probe: 'liveness' }]),
    );
    expect(faults.failsProbe('shop', { kind: 'liveness', startedAt: 0 })).toBe(true);
    expect(faults.failsProbe('shop', { kind: 'startup', startedAt: 0 })).toBe(false);
  });
});
