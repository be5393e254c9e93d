import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LATEST, REVISION } from './resources.ts';
import type { TrafficTarget } from './resources.ts';
import { percentByRevision, resolveTraffic, validateTraffic } from './traffic.ts';

/** A split of 100 over one to six named revisions. */
const splits = fc
  .array(fc.integer({ min: 0, max: 100 }), { minLength: 0, maxLength: 5 })
  .map((cuts) => [0, ...cuts.sort((a, b) => a - b), 100])
  .map((edges) =>
    edges.slice(1).map((edge, index): TrafficTarget => ({
      type: REVISION,
      revision: `shop-0000${index + 1}-abc`,
      percent: edge - (edges[index] ?? 0),
    })),
  );

describe('validateTraffic', () => {
  it('takes every split that sums to 100', () => {
    fc.assert(
      fc.property(splits, (targets) => {
        expect(() => {
          validateTraffic(targets);
        }).not.toThrow();
      }),
    );
  });

  it('refuses every other sum', () => {
    fc.assert(
      fc.property(splits, fc.integer({ min: 1, max: 50 }), (targets, extra) => {
        const more: TrafficTarget[] = [
          ...targets,
          { type: REVISION, revision: 'shop-00099-xyz', percent: extra },
        ];
        expect(() => {
          validateTraffic(more);
        }).toThrow('must sum to 100');
      }),
    );
  });

  it.each<[TrafficTarget[], string]>([
    [[{ type: LATEST, percent: 99.5 }], 'must be an integer'],
    [[{ type: LATEST, percent: -1 }], 'must be an integer'],
    [[{ type: REVISION, percent: 100 }], 'is required for a target of type REVISION'],
    [[{ type: LATEST, revision: 'a', percent: 100 }], 'must be empty'],
    [[{ type: LATEST, percent: 100, tag: 'Not Good' }], 'traffic[0].tag'],
  ])('refuses %j', (targets, message) => {
    expect(() => {
      validateTraffic(targets);
    }).toThrow(message);
  });

  it('refuses a tag that is used twice', () => {
    const target = { type: LATEST, percent: 50, tag: 'blue' } as const;
    expect(() => {
      validateTraffic([target, target]);
    }).toThrow('used more than once');
  });
});

describe('resolveTraffic', () => {
  const exists = (revision: string): boolean => revision.startsWith('shop-');

  it('keeps the whole 100 and names every revision', () => {
    fc.assert(
      fc.property(splits, (targets) => {
        const resolved = resolveTraffic(targets, { latestReady: 'shop-00009-zzz', exists });
        if (!resolved.ok) throw new Error(resolved.message);
        const shares = [...percentByRevision(resolved.targets).values()];
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(100);
      }),
    );
  });

  it('sends an empty list to the latest ready revision', () => {
    expect(resolveTraffic([], { latestReady: 'shop-1', exists })).toEqual({
      ok: true,
      targets: [{ type: LATEST, revision: 'shop-1', percent: 100, tag: '' }],
    });
  });

  it('says which revision is missing, and that none is ready', () => {
    const missing = [{ type: REVISION, revision: 'gone', percent: 100 } as const];
    expect(resolveTraffic(missing, { latestReady: 'shop-1', exists })).toMatchObject({
      message: expect.stringContaining("Revision 'gone' does not exist or is deleted") as string,
    });
    expect(resolveTraffic([], { latestReady: '', exists })).toMatchObject({ ok: false });
  });
});
