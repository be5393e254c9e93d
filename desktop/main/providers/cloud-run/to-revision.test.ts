import { describe, expect, it } from 'vitest';
import { revisionMessage, serviceMessage } from './run-messages.ts';
import { toRevision } from './to-revision.ts';
import { toService } from './to-service.ts';

const NAME = 'projects/p/locations/l/services/gateway';
const ready = (state: string, message = ''): object => ({ type: 'Ready', state, message });
const revisionOf = (fields: object): ReturnType<typeof revisionMessage.parse> =>
  revisionMessage.parse({ name: `${NAME}/revisions/gateway-1`, ...fields });
const resources = (cpu: string, memory: string): object => ({
  containers: [{ resources: { limits: { cpu, memory } } }],
});

describe('toRevision', () => {
  it.each([
    ['starting', 'CONDITION_PENDING', []],
    ['starting', 'CONDITION_RECONCILING', []],
    ['failed', 'CONDITION_FAILED', []],
    ['retired', 'CONDITION_SUCCEEDED', []],
    ['ready', 'CONDITION_SUCCEEDED', [{ revision: 'gateway-1', percent: 100, tag: null }]],
    ['ready', 'CONDITION_SUCCEEDED', [{ revision: 'gateway-1', percent: 0, tag: 'canary' }]],
  ])('is %s with %s and the shares %j', (state, condition, serving) => {
    const message = revisionOf({ conditions: [ready(condition)] });
    expect(toRevision(message, serving).state).toBe(state);
  });

  it('is starting before there is any condition', () => {
    expect(toRevision(revisionOf({}), []).state).toBe('starting');
  });

  it('takes the reason of the failure', () => {
    const conditions = [ready('CONDITION_FAILED', 'exit code 1')];
    expect(toRevision(revisionOf({ conditions }), []).reason).toBe('exit code 1');
  });

  it.each([
    ['1', '512Mi', 1, 512],
    ['500m', '1Gi', 0.5, 1024],
    ['2', '1G', 2, 1_000_000_000 / 1_048_576],
    ['1', '1048576', 1, 1],
  ])('reads %s cores and %s of memory', (...[cpu, memory, cores, mib]) => {
    const { template } = toRevision(revisionOf(resources(cpu, memory)), []);
    expect(template.cpu).toBe(cores);
    expect(template.memoryMib).toBeCloseTo(mib, 9);
  });

  it('shortens the name of a secret that is written in full', () => {
    const env = [
      {
        name: 'K',
        valueSource: { secretKeyRef: { secret: 'projects/p/secrets/k', version: '3' } },
      },
    ];
    const { template } = toRevision(revisionOf({ containers: [{ env }] }), []);
    expect(template.env).toEqual([{ name: 'K', secret: 'k', version: '3' }]);
  });
});

describe('toService', () => {
  const serviceOf = (fields: object): ReturnType<typeof toService> =>
    toService(serviceMessage.parse({ name: NAME, ...fields }));

  it('takes no traffic for everything to the latest', () => {
    const { traffic } = serviceOf({ latestReadyRevision: `${NAME}/revisions/gateway-3` });
    expect(traffic).toEqual({
      shares: [{ revision: 'gateway-3', percent: 100, tag: null }],
      followsLatest: true,
    });
  });

  it('is pinned when only named revisions get traffic', () => {
    const target = {
      type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION',
      revision: `${NAME}/revisions/gateway-2`,
      percent: 100,
    };
    const { traffic } = serviceOf({ traffic: [target] });
    expect(traffic).toEqual({
      shares: [{ revision: 'gateway-2', percent: 100, tag: null }],
      followsLatest: false,
    });
  });

  it('has no failure while the platform is at work', () => {
    const terminalCondition = ready('CONDITION_FAILED', 'old news');
    expect(serviceOf({ terminalCondition }).failure).toBe('old news');
    expect(serviceOf({ terminalCondition, reconciling: true }).failure).toBeNull();
  });
});
