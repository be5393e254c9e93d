import { describe, expect, it } from 'vitest';
import { Topic } from './topic.ts';

describe('a topic', () => {
  it('gives a watcher the newest value and skips those it was too slow for', async () => {
    const topic = new Topic(0);
    const leaving = new AbortController();
    const seen: number[] = [];
    for await (const value of topic.watch(leaving.signal)) {
      seen.push(value);
      if (value === 0) for (const next of [1, 2, 3]) topic.set(next);
      else leaving.abort();
    }
    expect(seen).toEqual([0, 3]);
  });

  it('wakes every watcher, and lets one go when it leaves', async () => {
    const topic = new Topic('a');
    const leaving = new AbortController();
    const watchers = [1, 2].map(async () => {
      const seen: string[] = [];
      for await (const value of topic.watch(leaving.signal)) seen.push(value);
      return seen;
    });
    await new Promise((resolve) => setImmediate(resolve));
    topic.set('b');
    await new Promise((resolve) => setImmediate(resolve));
    leaving.abort();
    expect(await Promise.all(watchers)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });
});
