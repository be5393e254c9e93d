import { describe, expect, it } from 'vitest';
import { NO_SHARE, boundsOf, shareOf } from './service-share.ts';

const own = { minInstances: 1, maxInstances: 4 };

describe("a revision's share of its service's scaling", () => {
  it('is nothing of its own without any', () => {
    expect(boundsOf(own, shareOf(undefined, 100))).toEqual(own);
    expect(boundsOf(own, NO_SHARE)).toEqual(own);
  });

  it('divides minimum and maximum by traffic, rounded up', () => {
    const scaling = { minInstanceCount: 3, maxInstanceCount: 5 };
    expect(shareOf(scaling, 50)).toMatchObject({ minInstances: 2, maxInstances: 3 });
    expect(boundsOf(own, shareOf(scaling, 50))).toEqual({ minInstances: 2, maxInstances: 3 });
    expect(boundsOf(own, shareOf(scaling, 100))).toEqual({ minInstances: 3, maxInstances: 4 });
  });

  it('keeps one instance possible for a tag or a small share', () => {
    expect(shareOf({ maxInstanceCount: 2 }, 0).maxInstances).toBe(1);
    expect(shareOf({ maxInstanceCount: 2 }, 5).maxInstances).toBe(1);
  });

  it('is exact when it is set by hand, none included', () => {
    const by = (manualInstanceCount: number): object =>
      boundsOf(own, shareOf({ scalingMode: 'MANUAL', manualInstanceCount }, 100));
    expect(by(7)).toEqual({ minInstances: 7, maxInstances: 7 });
    expect(by(0)).toEqual({ minInstances: 0, maxInstances: 0 });
  });
});
