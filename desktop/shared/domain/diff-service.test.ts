import { describe, expect, it } from 'vitest';
import { diffSettings, diffTraffic } from './diff-service.ts';
import type { FieldChange } from './diff.ts';
import type { ServiceSettings } from './revision.ts';

const settings: ServiceSettings = {
  ingress: 'all',
  public: true,
  scaling: { min: 0, max: null, manual: null },
};

const words = ({ group, field, current, next, change, impact }: FieldChange): string =>
  [group, field, current ?? '–', next ?? '–', change, impact].join(' | ');

describe('settings of a service (golden)', () => {
  it('take effect at once, without a revision', () => {
    const next: ServiceSettings = {
      ingress: 'internal-lb',
      public: false,
      scaling: { min: 2, max: 9, manual: 4 },
    };
    expect(diffSettings(settings, next).map(words)).toEqual([
      'scaling | Service instances | by load | exactly 4, by hand | changed | service',
      'scaling | Service min instances | 0 | 2 | changed | service',
      'scaling | Service max instances | no limit of its own | 9 | changed | service',
      'access | Ingress | from anywhere | internal and load balancer | changed | service',
      'access | Public access | anyone | callers with the invoker role | changed | service',
    ]);
  });

  it('are new with a new service and cost nothing when they stay', () => {
    expect(diffSettings(null, settings).map(({ change }) => change)).toEqual(
      new Array(5).fill('new'),
    );
    expect(diffSettings(settings, settings).map(({ impact }) => impact)).toEqual(
      new Array(5).fill('none'),
    );
  });
});

describe('traffic (golden)', () => {
  const share = (revision: string, percent: number, tag: string | null = null) => ({
    revision,
    percent,
    tag,
  });

  it('shows every revision that has or gets a share or a tag', () => {
    const current = { shares: [share('a', 90), share('b', 10, 'canary')], followsLatest: false };
    const next = { shares: [share('c', 100), share('b', 0, 'canary')], followsLatest: true };
    expect(diffTraffic(current, next).map(words)).toEqual([
      'traffic | c | – | 100 % | new | traffic',
      'traffic | b | 10 %, tag canary | 0 %, tag canary | changed | traffic',
      'traffic | a | 90 % | – | removed | traffic',
      'traffic | Later revisions | get none: pinned | get all traffic when ready | changed | traffic',
    ]);
  });

  it('is the same when nothing moves', () => {
    const view = { shares: [share('a', 100)], followsLatest: false };
    expect(diffTraffic(view, view).map(({ change }) => change)).toEqual(['same', 'same']);
  });

  it('adds up a revision that is there for its share and for its tag', () => {
    const view = { shares: [share('a', 100), share('a', 0, 'blue')], followsLatest: false };
    expect(diffTraffic({ shares: [], followsLatest: false }, view)[0]?.next).toBe(
      '100 %, tag blue',
    );
  });
});
