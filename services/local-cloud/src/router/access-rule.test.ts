import { describe, expect, it } from 'vitest';
import { accessOf } from './access-rule.ts';

const everybody = { role: 'roles/run.invoker', members: ['allUsers'] };

function policy(...bindings: unknown[]): { version: number; bindings: unknown[] } {
  return { version: 1, bindings };
}

describe('who may reach a service', () => {
  it.each([
    [undefined, 'all'],
    ['INGRESS_TRAFFIC_UNSPECIFIED', 'all'],
    ['INGRESS_TRAFFIC_ALL', 'all'],
    ['INGRESS_TRAFFIC_INTERNAL_ONLY', 'internal'],
    ['INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER', 'internal'],
    ['INGRESS_TRAFFIC_NONE', 'none'],
  ])('ingress %s is %s', (ingress, expected) => {
    expect(accessOf({ ingress }, undefined).ingress).toBe(expected);
  });

  it('nobody, when the only address is disabled', () => {
    expect(accessOf({ defaultUriDisabled: true }, undefined).ingress).toBe('none');
  });

  it.each([
    ['the check is off', { invokerIamDisabled: true }, policy()],
    ['everybody is an invoker', {}, policy({ role: 'roles/viewer' }, everybody)],
  ])('anyone, when %s', (_case, spec, given) => {
    expect(accessOf(spec, given).invokers).toBe('anyone');
  });

  it.each([
    ['nobody is named', policy()],
    ['another role is for everybody', policy({ ...everybody, role: 'roles/run.viewer' })],
    [
      'only users with an account are',
      policy({ ...everybody, members: ['allAuthenticatedUsers'] }),
    ],
    ['a condition limits it', policy({ ...everybody, condition: { expression: 'false' } })],
    ['it can not be read', policy(null, 'roles/run.invoker')],
  ])('who has an identity, when %s', (_case, given) => {
    expect(accessOf({}, given).invokers).toBe('authenticated');
  });
});
