import { describe, expect, it } from 'vitest';
import { applyMask, userFields } from './update-mask.ts';

const current = {
  labels: { a: '1' },
  template: { scaling: { minInstanceCount: 1, maxInstanceCount: 3 }, labels: { x: 'y' } },
};

describe('applyMask', () => {
  it('replaces everything without a mask and with the star', () => {
    const next = { description: 'new' };
    expect(applyMask(current, next, [])).toEqual(next);
    expect(applyMask(current, next, ['*'])).toEqual(next);
  });

  it('writes nested paths in snake case and leaves the rest', () => {
    const next = { template: { scaling: { minInstanceCount: 2 } } };
    expect(applyMask(current, next, ['template.scaling.min_instance_count'])).toEqual({
      labels: { a: '1' },
      template: { scaling: { minInstanceCount: 2, maxInstanceCount: 3 }, labels: { x: 'y' } },
    });
  });

  it('clears a masked field that is absent', () => {
    expect(applyMask(current, {}, ['labels'])).not.toHaveProperty('labels');
    expect(applyMask(current, {}, ['template.labels'])).toMatchObject({
      template: { scaling: { maxInstanceCount: 3 } },
    });
  });

  it('ignores output-only fields and refuses what is no path', () => {
    expect(applyMask(current, { uri: 'x' }, ['uri', 'terminal_condition'])).toEqual(current);
    expect(() => applyMask(current, {}, ['labels[0]'])).toThrow('update_mask');
    expect(() => applyMask(current, {}, ['__proto__.polluted'])).toThrow('update_mask');
  });

  it('leaves the current spec untouched', () => {
    const copy = structuredClone(current);
    applyMask(current, { template: { labels: { z: '1' } } }, ['template.labels']);
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
