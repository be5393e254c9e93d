import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revisionConditions, serviceConditions } from './conditions.ts';
import { LATEST } from './resources.ts';
import type { Failure, RevisionRecord, ServiceRecord } from './resources.ts';
import { newService } from '../reconcile/service-writes.ts';

const failures = fc.option(
  fc.record({ reason: fc.constant('REVISION_FAILED'), message: fc.string() }),
);

function service(change: Partial<ServiceRecord>): ServiceRecord {
  return { ...newService('shop', { template: {} }, 0), ...change };
}

function revision(state: RevisionRecord['state'], failure: Failure | null): RevisionRecord {
  const base = { id: 'shop-1', uid: 'u', service: 'shop', generation: 1, template: {} };
  return { ...base, createdAt: 0, changedAt: 0, state, failure, digest: '' };
}

describe('serviceConditions', () => {
  it('is never final while reconciling, and always final after', () => {
    const final = ['CONDITION_FAILED', 'CONDITION_SUCCEEDED'];
    fc.assert(
      fc.property(fc.boolean(), failures, failures, (reconciling, first, second) => {
        const changes = { reconciling, configurationFailure: first, routesFailure: second };
        const { terminal } = serviceConditions(service(changes));
        expect(final.includes(terminal.state)).toBe(!reconciling);
        expect(terminal.state === 'CONDITION_SUCCEEDED').toBe(
          !reconciling && first === null && second === null,
        );
        // No reason on success.
        expect(terminal.reason !== undefined).toBe(terminal.state === 'CONDITION_FAILED');
      }),
    );
  });
});

describe('the order of conditions', () => {
  const states = (change: Partial<ServiceRecord>): string[] =>
    serviceConditions(service(change)).others.map(({ type, state }) => `${type} ${state}`);
  const good = { latestCreated: 'shop-2', latestReady: 'shop-2', reconciling: true };

  it('settles the configuration before the routes', () => {
    expect(states({ ...good, latestReady: 'shop-1' })).toEqual([
      'RoutesReady CONDITION_RECONCILING',
      'ConfigurationsReady CONDITION_RECONCILING',
    ]);
    expect(states(good)).toEqual([
      'RoutesReady CONDITION_RECONCILING',
      'ConfigurationsReady CONDITION_SUCCEEDED',
    ]);
    expect(states({ ...good, reconciling: false })).toEqual([
      'RoutesReady CONDITION_SUCCEEDED',
      'ConfigurationsReady CONDITION_SUCCEEDED',
    ]);
  });

  it('blames only the configuration while an older revision serves', () => {
    const configurationFailure = { reason: 'REVISION_FAILED', message: 'no' };
    const served = [{ type: LATEST, revision: 'shop-1', percent: 100, tag: '' }] as const;
    const failed = { ...good, reconciling: false, latestReady: 'shop-1', configurationFailure };
    expect(states({ ...failed, served })).toEqual([
      'RoutesReady CONDITION_SUCCEEDED',
      'ConfigurationsReady CONDITION_FAILED',
    ]);
    expect(states(failed)[0]).toBe('RoutesReady CONDITION_FAILED');
  });
});

describe('revisionConditions', () => {
  it('puts Ready first and blames the right part', () => {
    const missing = { reason: 'CONTAINER_MISSING', message: 'no image' };
    const conditions = revisionConditions(revision('failed', missing), false);
    expect(conditions.map(({ type, state }) => [type, state])).toEqual([
      ['Ready', 'CONDITION_FAILED'],
      ['ResourcesAvailable', 'CONDITION_FAILED'],
      ['ContainerHealthy', 'CONDITION_SUCCEEDED'],
      ['Active', 'CONDITION_FAILED'],
    ]);
    const crashed = { revisionReason: 'HEALTH_CHECK_CONTAINER_ERROR', message: 'exit 3' };
    expect(revisionConditions(revision('failed', crashed), true)[2]).toMatchObject({
      type: 'ContainerHealthy',
      ...crashed,
    });
  });
});
