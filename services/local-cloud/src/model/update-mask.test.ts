import { describe, expect, it } from 'vitest';
import { loadProtos } from '../api/protos.ts';
import type { ServiceSpec } from './resources.ts';
import { applyMask, userFields } from './update-mask.ts';

const shape = loadProtos().shape('google.cloud.run.v2.Service');

function apply(current: ServiceSpec, next: ServiceSpec, paths: string[]): ServiceSpec {
  return applyMask(current, next, { paths, shape });
}

const current = {
  labels: { a: '1' },
  template: {
    scaling: { minInstanceCount: 1, maxInstanceCount: 3 },
    labels: { x: 'y' },
    containers: [{ image: 'one' }],
  },
};

describe('applyMask', () => {
  it('replaces everything without a mask and with the star', () => {
    const next = { description: 'new' };
    expect(apply(current, next, [])).toEqual(next);
    expect(apply(current, next, ['*'])).toEqual(next);
  });

  it('writes nested paths in snake case and leaves the rest', () => {
    const next = { template: { scaling: { minInstanceCount: 2 } } };
    expect(apply(current, next, ['template.scaling.min_instance_count'])).toEqual({
      ...current,
      template: { ...current.template, scaling: { minInstanceCount: 2, maxInstanceCount: 3 } },
    });
  });

  it('writes one key of a map, spelled as it is', () => {
    const next = { labels: { my_team: 'ml', 'x.y/z': '1' } };
    expect(apply(current, next, ['labels.my_team', 'labels.`x.y/z`'])).toMatchObject({
      labels: { a: '1', my_team: 'ml', 'x.y/z': '1' },
    });
    expect(apply(current, {}, ['labels.a'])).toMatchObject({ labels: {} });
  });

  it('clears a masked field that is absent', () => {
    expect(apply(current, {}, ['labels'])).not.toHaveProperty('labels');
    expect(apply(current, {}, ['template.labels'])).toMatchObject({
      template: { scaling: { maxInstanceCount: 3 } },
    });
  });

  it('ignores output-only fields', () => {
    expect(apply(current, { uri: 'x' }, ['uri', 'terminal_condition.state'])).toEqual(current);
  });

  it.each([
    'labels[0]',
    '__proto__.polluted',
    'template.nonsense',
    'template.containers.image',
    'description.more',
    'traffic.percent',
  ])('refuses %s', (path) => {
    expect(() => apply(current, {}, [path])).toThrow('update_mask');
  });

  it('leaves the current spec untouched', () => {
    const copy = structuredClone(current);
    apply(current, { template: { labels: { z: '1' } } }, ['template.labels']);
    expect(current).toEqual(copy);
  });
});

describe('userFields', () => {
  it('drops what only the server writes', () => {
    expect(userFields({ uri: 'x', generation: '3', labels: { a: '1' }, scaling: null })).toEqual({
      labels: { a: '1' },
    });
  });
});
