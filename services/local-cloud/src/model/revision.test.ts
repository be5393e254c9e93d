import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Template } from './resources.ts';
import { makeRevisionId, sameTemplate } from './revision.ts';

const container = { image: 'local/shop', env: [{ name: 'A', value: '1' }] };

describe('makeRevisionId', () => {
  it('has five digits and three letters, whatever the dice say', () => {
    const dice = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999 }), dice, (generation, value) => {
        expect(makeRevisionId('shop', generation, () => value)).toMatch(/^shop-\d{5}-[a-z]{3}$/);
      }),
    );
  });
});

describe('sameTemplate', () => {
  it('does not count what a client fills in when it sends back what it read', () => {
    const sent = {
      containers: [{ ...container, command: [], resources: null, workingDir: '' }],
      labels: {},
      vpcAccess: null,
      sessionAffinity: false,
      executionEnvironment: 'EXECUTION_ENVIRONMENT_UNSPECIFIED',
      timeout: { seconds: '300', nanos: 0 },
    };
    expect(sameTemplate({ containers: [container], timeout: { seconds: '300' } }, sent)).toBe(true);
  });

  it('does not count the name, and counts everything else', () => {
    const template = { containers: [container] };
    expect(sameTemplate(template, { ...template, revision: 'shop-x' })).toBe(true);
    expect(sameTemplate(template, { ...template, labels: { nonce: '1' } })).toBe(false);
  });

  it('takes a literal variable as it is', () => {
    const withValue = (value: string): Template => ({
      containers: [{ image: 'i', env: [{ name: 'A', value }] }],
    });
    expect(sameTemplate(withValue('0'), withValue('X_UNSPECIFIED'))).toBe(false);
    expect(sameTemplate(withValue('0'), withValue(''))).toBe(false);
  });
});
