import { describe, expect, it } from 'vitest';
import { OpenStreams } from './open-streams.ts';
import type { OpenStream, StreamEnd } from './open-streams.ts';

function stream(kind: OpenStream['kind'], ends: string[], name: string): OpenStream {
  return { kind, end: (why: StreamEnd) => ends.push(`${name} ${why}`) };
}

describe('open streams', () => {
  it('are ended with their key, once, and no others', () => {
    const [streams, ends] = [new OpenStreams(), [] as string[]];
    const [a, b, other] = ['a', 'b', 'other'].map((name) => stream('events', ends, name));
    if (!a || !b || !other) throw new Error('three streams');
    streams.add('k', a, 0);
    streams.add('k', a, 0);
    streams.add('k', b, 0);
    streams.add('l', other, 0);
    expect([streams.count, streams.countOf('k')]).toEqual([3, 2]);
    expect([streams.endKey('k'), streams.endKey('k')]).toEqual([2, 0]);
    expect(ends).toEqual(['a revoked', 'b revoked']);
    streams.remove('l', other);
    streams.remove('l', other);
    expect(streams.count).toBe(0);
  });

  it('are ended at once when their key was, between its check and their first byte', () => {
    const [streams, ends] = [new OpenStreams(), [] as string[]];
    const checkedBefore = performance.now();
    streams.endKey('k');
    streams.add('k', stream('websocket', ends, 'late'), checkedBefore);
    // A key that was enabled again: its next request was checked after that.
    streams.add('k', stream('websocket', ends, 'new'), performance.now() + 1);
    expect([ends, streams.count]).toEqual([['late revoked'], 1]);
  });

  it('are ended by kind before a stop', () => {
    const [streams, ends] = [new OpenStreams(), [] as string[]];
    streams.add('k', stream('websocket', ends, 'socket'), 0);
    streams.add('k', stream('events', ends, 'events'), 0);
    expect(streams.endAll('websocket')).toBe(1);
    expect(ends).toEqual(['socket draining']);
    expect(streams.endAll('events')).toBe(1);
    expect(streams.count).toBe(0);
  });
});
