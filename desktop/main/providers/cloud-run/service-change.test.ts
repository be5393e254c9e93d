import { describe, expect, it } from 'vitest';
import type { Service } from '../../../shared/domain/revision.ts';
import { tinyTemplate } from '../testing/tiny-service.ts';
import {
  createServiceRequest,
  cutRevisionRequest,
  setSettingsRequest,
  setTrafficRequest,
} from './service-change.ts';
import { DEPLOY_LABEL, deployLabel } from './deploy-label.ts';

const NAME = 'projects/p/locations/l/services/gateway';
const template = {
  ...tinyTemplate('local/gateway@sha256:abc'),
  env: [
    { name: 'A', value: '1' },
    { name: 'KEY', secret: 'key-peppers', version: 'latest' },
  ],
};
const request = { service: 'gateway', template, deployId: 'Deploy_1' };
const split = (shares: Service['serving']['shares']): Service['serving'] => ({
  shares,
  followsLatest: false,
});
const service = (serving: Service['serving']): Service & { name: string } => ({
  name: NAME,
  id: 'gateway',
  uri: '',
  latestCreatedRevision: null,
  latestReadyRevision: null,
  traffic: serving,
  serving,
  reconciling: false,
  failure: null,
  etag: '"e1"',
  ingress: 'all',
  public: true,
  scaling: { min: 0, max: null, manual: null },
});

describe('createServiceRequest', () => {
  const { service: message } = createServiceRequest('projects/p/locations/l', request);

  it('lets the first revision take all traffic', () => {
    expect(message?.traffic).toEqual([
      { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 100 },
    ]);
  });

  it('says explicitly what has a costly or useless default', () => {
    const [container] = message?.template?.containers ?? [];
    expect(container?.resources).toMatchObject({ cpuIdle: true });
    expect(container?.startupProbe?.httpGet).toEqual({ path: '/ready', port: 8080 });
  });

  it('sends secrets as references', () => {
    expect(message?.template?.containers?.[0]?.env).toEqual([
      { name: 'A', value: '1' },
      { name: 'KEY', valueSource: { secretKeyRef: { secret: 'key-peppers', version: 'latest' } } },
    ]);
  });

  it('labels the template with the deploy id', () => {
    expect(message?.template?.labels).toEqual({ [DEPLOY_LABEL]: 'deploy_1' });
  });
});

describe('cutRevisionRequest', () => {
  it('holds the traffic on the revisions that serve, with their tags', () => {
    const serving = split([
      { revision: 'gateway-1', percent: 90, tag: null },
      { revision: 'gateway-2', percent: 10, tag: 'canary' },
    ]);
    const { service: message } = cutRevisionRequest(service(serving), request, null);
    expect(message?.traffic).toEqual([
      { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION', revision: 'gateway-1', percent: 90 },
      {
        type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION',
        revision: 'gateway-2',
        percent: 10,
        tag: 'canary',
      },
    ]);
  });

  it('follows the latest when nothing serves yet', () => {
    const { service: message } = cutRevisionRequest(service(split([])), request, null);
    expect(message?.traffic).toEqual([
      { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 100 },
    ]);
  });

  it('clears the revision’s name and carries the etag', () => {
    const { service: message, updateMask } = cutRevisionRequest(service(split([])), request, null);
    expect(updateMask?.paths).toContain('template.revision');
    expect(message?.template).not.toHaveProperty('revision');
    expect(message).toMatchObject({ name: NAME, etag: '"e1"' });
  });
});

describe('setSettingsRequest', () => {
  const scalingOf = (scaling: Service['scaling']): unknown =>
    setSettingsRequest(service(split([])), { scaling }).service?.scaling;

  it('names the mode either way, and keeps the limits for the time after a count by hand', () => {
    expect(scalingOf({ min: 1, max: 7, manual: 3 })).toEqual({
      minInstanceCount: 1,
      maxInstanceCount: 7,
      scalingMode: 'MANUAL',
      manualInstanceCount: 3,
    });
    expect(scalingOf({ min: 1, max: null, manual: null })).toEqual({
      minInstanceCount: 1,
      scalingMode: 'AUTOMATIC',
    });
  });
});

describe('setTrafficRequest', () => {
  it('sends nothing but the traffic', () => {
    const update = setTrafficRequest(service(split([])), { kind: 'latest' });
    expect(update.updateMask?.paths).toEqual(['traffic']);
    expect(update.service).not.toHaveProperty('template');
  });
});

describe('deployLabel', () => {
  it('makes a label value of any id', () => {
    expect(deployLabel('A b/C')).toBe('a-b-c');
    expect(deployLabel('x'.repeat(100))).toHaveLength(63);
  });
});
