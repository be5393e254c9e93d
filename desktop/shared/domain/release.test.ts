import { describe, expect, it } from 'vitest';
import type { Release, ReleasePart } from './release.ts';
import { pairBefore } from './release.ts';

const pair = (backend: string | null, gateway: string | null): ReleasePart[] => [
  { service: 'backend', revision: backend, digest: null },
  { service: 'gateway', revision: gateway, digest: null },
];
const release = (parts: ReleasePart[], previous: ReleasePart[]): Release => ({
  id: 'rel-1',
  parts,
  previous,
  createdAt: 0,
  state: 'known-good',
  reason: null,
});

describe('the pair before a release', () => {
  it('is what served before the release that serves', () => {
    expect(pairBefore(release(pair('b2', 'g2'), pair('b1', 'g1')), pair('b2', 'g2'))).toEqual(
      pair('b1', 'g1'),
    );
  });

  it.each([
    ['another pair serves', pair('b1', 'g1'), pair('b3', 'g3')],
    ['one service was deployed alone since', pair('b1', 'g1'), pair('b2', 'g3')],
    ['nothing served before', [], pair('b2', 'g2')],
    ['only one service served before', pair('b1', null), pair('b2', 'g2')],
    ['nothing changed', pair('b2', 'g2'), pair('b2', 'g2')],
  ])('is none when %s', (_why, previous, serving) => {
    expect(pairBefore(release(pair('b2', 'g2'), previous), serving)).toBeNull();
  });
});
