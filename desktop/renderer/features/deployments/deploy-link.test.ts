import { describe, expect, it } from 'vitest';
import { readDeployLink } from './deploy-link.ts';

describe('a link to the deployments', () => {
  it.each([
    ['action=deploy&service=backend', { service: 'backend', action: 'deploy' }],
    ['action=rollback&service=gateway', { service: 'gateway', action: 'rollback' }],
    ['action=deploy', { service: 'gateway', action: 'deploy' }],
    ['service=backend', { service: 'backend', action: null }],
    ['action=erase&service=gateway', { service: 'gateway', action: null }],
    ['action=deploy&service=postgres', null],
    ['scenario=full', null],
  ])('%s leads to %j', (query, link) => {
    expect(readDeployLink(new URLSearchParams(query))).toEqual(link);
  });
});
