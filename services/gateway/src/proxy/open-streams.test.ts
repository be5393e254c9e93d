import { describe, expect, it } from 'vitest';
import { OpenStreams } from './open-streams.ts';
import type { OpenStream, StreamEnd, StreamKey } from './open-streams.ts';

function stream(kind: OpenStream['kind'], ends: string[], name: string): OpenStream {
  return { kind, end: (why: StreamEnd) => ends.push(`${name} ${why}`) };
}

const key = (id: string, secretNo = 1): StreamKey => ({ id, secretNo });

describe('open streams', () => {
  it('are ended with their key, once, and no others', () => {
    const [streams, ends] = [new OpenStreams(), [] as string[]];
    const [a, b, other] = ['a', 'b', 'other'].map((name) => stream('events', ends, name));
    if (!a || !b || !other) throw new Error('three streams');
    streams.add(key('k'), a, 0);
    streams.add(key('k'), a, 0);
    streams.add(key('k'), b, 0);
    streams.add(key('l'), other, 0);
    expect([streams.count, streams.countOf('k')]).toEqual([3, 2]);
    expect([streams.endKey('k'), streams.endKey('k')]).toEqual([2, 0]);
    expect(ends).toEqual(['a key_ended', 'b key_ended']);
    streams.remove('l', other);
    streams.remove('l', other);
    expect(streams.count).toBe(0);
  });

  it('are counted where they last; a long answer is ended all the same', () => {
    const [streams, ends] = [new OpenStreams(), [] as string[]];
    const answer = stream('answer', ends, 'answer');
    streams.add(key('k'), answer, 0);
    expect([streams.isEmpty, streams.count, streams.countOf('k')]).toEqual([false, 0, 0]);
    expect([streams.endKey('k'), streams.isEmpty, streams.count]).toEqual([1, true, 0]);
    expect(ends).toEqual(['answer key_ended']);
  });

  it('are ended at once when their key was, between its check and their first byte', () => {
    const [streams, ends] = [new OpenStreams(), [] as string[]];
    const checkedBefore = performance.now();
    streams.endKey('k');
    streams.add(key('k'), stream('websocket', ends, 'late'), checkedBefore);
    // A key that was enabled again: its next request was checked after that.
    streams.add(key('k'), stream('websocket', ends, 'new'), performance.now() + 1);
    expect([ends, streams.count]).toEqual([['late key_ended'], 1]);
  });

  it('are ended when their key or their secret is over by now, and no others', () => {
    const [streams, ends] = [new OpenStreams(), [] as string[]];
    streams.add(key('k', 1), stream('events', ends, 'old secret'), 0);
    streams.add(key('k', 2), stream('websocket', ends, 'new secret'), 0);
    streams.add(key('l'), stream('events', ends, 'other key'), 0);
    const isOver = ({ id, secretNo }: StreamKey): boolean => id === 'k' && secretNo === 1;
    expect([streams.endWhere(isOver), streams.endWhere(isOver)]).toEqual([1, 0]);
    expect([ends, streams.count]).toEqual([['old secret key_ended'], 2]);
  });

  it('are ended by kind before a stop', () => {
    const [streams, ends] = [new OpenStreams(), [] as string[]];
    streams.add(key('k'), stream('websocket', ends, 'socket'), 0);
    streams.add(key('k'), stream('events', ends, 'events'), 0);
    expect(streams.endAll('websocket')).toBe(1);
    expect(ends).toEqual(['socket draining']);
    expect(streams.endAll('events')).toBe(1);
    expect(streams.count).toBe(0);
  });
});
