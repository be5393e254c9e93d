import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DigestMemo } from './digest-memo.ts';
import { createKeyHasher, processPepper } from './hash-key.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function memoWithCount(): { memo: DigestMemo; hashed: () => number } {
  let hashed = 0;
  const hasher = createKeyHasher(processPepper());
  const memo = new DigestMemo((text) => {
    hashed += 1;
    return hasher(text);
  });
  return { memo, hashed: () => hashed };
}

describe('DigestMemo', () => {
  it('hashes an accepted key once, and everything else each time', () => {
    const { memo, hashed } = memoWithCount();
    const digests = memo.hash('right');
    memo.remember('right', digests);
    expect(memo.hash('right')).toBe(digests);
    expect(hashed()).toBe(1);
    for (const wrong of ['wrong', 'wrong', 'righ', 'right ']) memo.hash(wrong);
    expect(hashed()).toBe(5);
  });

  it('forgets a key within ten seconds of its last use, and keeps one in use', () => {
    const { memo, hashed } = memoWithCount();
    memo.remember('used', memo.hash('used'));
    memo.remember('left', memo.hash('left'));
    for (let i = 0; i < 4; i += 1) {
      vi.advanceTimersByTime(4_000);
      memo.hash('used');
    }
    expect(hashed()).toBe(2);
    memo.hash('left');
    expect(hashed()).toBe(3);
    vi.advanceTimersByTime(10_000);
    memo.hash('used');
    expect(hashed()).toBe(4);
    vi.advanceTimersByTime(20_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is bounded', () => {
    const { memo, hashed } = memoWithCount();
    for (let i = 0; i < 5_000; i += 1) memo.remember(String(i), memo.hash(String(i)));
    memo.hash('0');
    expect(hashed()).toBe(5_000);
    memo.hash('4999');
    expect(hashed()).toBe(5_001);
  });
});
