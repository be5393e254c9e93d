import { describe, expect, it } from 'vitest';
import type { TrafficShare } from '../../../../shared/domain/traffic.ts';
import { splitProblem } from '../../../../shared/domain/traffic.ts';
import {
  sameSplit,
  shareRemoved,
  shareSet,
  splitDraftProblem,
  tagAddress,
  tagSet,
} from './split-draft.ts';

const draft: readonly TrafficShare[] = [
  { revision: 'a', percent: 60, tag: null },
  { revision: 'b', percent: 30, tag: 'next' },
  { revision: 'c', percent: 10, tag: null },
];

describe('a split while it is edited', () => {
  it('always adds up to 100, whatever is typed', () => {
    for (const percent of [0, 1, 33, 99.6, 100, 250, -5]) {
      expect(splitProblem(shareSet(draft, 'b', percent))).toBeNull();
    }
    expect(shareSet(draft, 'b', 250).find(({ revision }) => revision === 'b')?.percent).toBe(100);
  });

  it('gives a removed share to the others', () => {
    expect(shareRemoved(draft, 'b')).toEqual([
      { revision: 'a', percent: 86, tag: null },
      { revision: 'c', percent: 14, tag: null },
    ]);
  });

  it('refuses tags that are no part of an address, and the same twice', () => {
    expect(splitDraftProblem(tagSet(draft, 'a', 'Wrong Tag'))).toMatch(/no tag/);
    expect(splitDraftProblem(tagSet(draft, 'a', 'next'))).toMatch(/same tag/);
    expect(splitDraftProblem(tagSet(draft, 'b', ''))).toBeNull();
  });

  it('knows whether anything was changed', () => {
    expect(sameSplit(draft, draft.toReversed())).toBe(true);
    expect(sameSplit(draft, tagSet(draft, 'a', 'x'))).toBe(false);
  });

  it('shows the address of a tag as the platform forms it', () => {
    expect(tagAddress('https://gateway-abc.run.app', 'next')).toBe(
      'https://next---gateway-abc.run.app',
    );
    expect(tagAddress('http://127.0.0.1:8081', 'next')).toContain('127.0.0.1:8081');
  });
});
