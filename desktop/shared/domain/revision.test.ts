import { describe, expect, it } from 'vitest';
import { isInMotion } from './revision.ts';
import type { TrafficSplit } from './traffic.ts';

const split = (shares: Record<string, number>): TrafficSplit => ({
  followsLatest: false,
  shares: Object.entries(shares).map(([revision, percent]) => ({ revision, percent, tag: null })),
});

type Motion = Parameters<typeof isInMotion>[0];

const service = (serving: TrafficSplit, rest: Partial<Motion> = {}): Motion => ({
  traffic: split({ 'g-1': 100, 'g-2': 0 }),
  serving,
  reconciling: false,
  failure: null,
  ...rest,
});

describe('a service in motion', () => {
  it('serves otherwise than set, whatever the order and the empty shares', () => {
    expect(isInMotion(service(split({ 'g-2': 0, 'g-1': 100 })))).toBe(false);
    expect(isInMotion(service(split({ 'g-1': 100 })))).toBe(false);
    expect(isInMotion(service(split({ 'g-2': 100 })))).toBe(true);
  });

  it('is one that the platform says it reconciles', () => {
    expect(isInMotion(service(split({ 'g-1': 100 }), { reconciling: true }))).toBe(true);
  });

  it('is not one whose change failed: it stays as it is', () => {
    expect(isInMotion(service(split({ 'g-2': 100 }), { failure: 'not ready' }))).toBe(false);
  });
});
