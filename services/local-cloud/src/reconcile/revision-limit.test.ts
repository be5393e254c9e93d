import { describe, expect, it } from 'vitest';
import { LATEST, REVISION } from '../model/resources.ts';
import type { RevisionRecord, ServiceRecord, TrafficTarget } from '../model/resources.ts';
import { excessRevisions } from './revision-limit.ts';
import { newService } from './service-writes.ts';

const revisions = [3, 1, 2, 4, 5].map((generation): RevisionRecord => ({
  id: `shop-${generation}`,
  uid: '',
  service: 'shop',
  generation,
  template: {},
  createdAt: 0,
  changedAt: 0,
  state: 'ready',
  failure: null,
  digest: '',
}));

function removed(limit: number, change: Partial<ServiceRecord> = {}, working = ''): string[] {
  const latest = { latestCreated: 'shop-5', latestReady: 'shop-5' };
  const service = { ...newService('shop', {}, 0), ...latest, ...change };
  const operation = { kind: 'update', service: 'shop', revision: working, generation: 1 } as const;
  const rest = { id: 'o', createdAt: 0, finishedAt: null, error: null, result: null };
  const unfinished = working === '' ? [] : [{ ...operation, ...rest }];
  return excessRevisions({ service, revisions, unfinished, limit }).map(({ id }) => id);
}

describe('revisions above the limit', () => {
  it('are the oldest ones', () => {
    expect(removed(5)).toEqual([]);
    expect(removed(3)).toEqual(['shop-1', 'shop-2']);
  });

  it('are never those with traffic or a tag, asked for, latest, or being worked on', () => {
    const target = { type: REVISION, percent: 0, tag: 'old' } as const;
    expect(removed(0, { served: [{ ...target, revision: 'shop-1' }] }, 'shop-2')).toEqual([
      'shop-3',
      'shop-4',
    ]);
    const full = 'projects/local/locations/local/services/shop/revisions/shop-3';
    const traffic: TrafficTarget[] = [
      { ...target, revision: full },
      { type: LATEST, percent: 100 },
    ];
    const spec = { ...newService('shop', {}, 0).spec, traffic };
    expect(removed(2, { spec, latestReady: 'shop-4' })).toEqual(['shop-1', 'shop-2']);
  });
});
