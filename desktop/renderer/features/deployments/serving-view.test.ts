import { describe, expect, it } from 'vitest';
import type { Service } from '../../../shared/domain/revision.ts';
import type { TrafficSplit } from '../../../shared/domain/traffic.ts';
import { pinnedTraffic } from './serving-view.ts';

const split = (shares: Record<string, number>, followsLatest = false): TrafficSplit => ({
  followsLatest,
  shares: Object.entries(shares).map(([revision, percent]) => ({ revision, percent, tag: null })),
});

const service = (traffic: TrafficSplit, serving = traffic): Service => ({
  id: 'gateway',
  uri: 'http://127.0.0.1:8081',
  latestCreatedRevision: 'g-2',
  latestReadyRevision: 'g-2',
  traffic,
  serving,
  reconciling: false,
  failure: null,
  etag: '1',
  ingress: 'all',
  public: true,
  scaling: { min: 0, max: null, manual: null },
});

describe('the pin of a service', () => {
  it('is not there while traffic follows the latest revision, or nothing serves', () => {
    expect(pinnedTraffic(service(split({ 'g-2': 100 }, true)))).toBeNull();
    expect(pinnedTraffic(service(split({})))).toBeNull();
  });

  it('names where traffic stays and what it misses', () => {
    expect(pinnedTraffic(service(split({ 'g-1': 100, 'g-2': 0 })))).toEqual({
      pinnedTo: 'g-1',
      latest: 'g-2',
      alreadyLatest: false,
      isSplit: false,
    });
    expect(pinnedTraffic(service(split({ 'g-2': 100 })))?.alreadyLatest).toBe(true);
    expect(pinnedTraffic(service(split({ 'g-1': 30, 'g-2': 70 })))?.isSplit).toBe(true);
  });
});
