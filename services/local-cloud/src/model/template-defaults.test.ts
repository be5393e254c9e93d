import { describe, expect, it } from 'vitest';
import { runtimeLimits, startupProbe, withDefaults } from './template-defaults.ts';

describe('withDefaults', () => {
  it('shows what applies', () => {
    expect(withDefaults({ containers: [{ image: 'i' }] })).toMatchObject({
      maxInstanceRequestConcurrency: 80,
      timeout: { seconds: '300' },
      scaling: { maxInstanceCount: 100 },
      containers: [{ image: 'i', ports: [{ containerPort: 8080 }] }],
    });
  });

  it('keeps what was asked for', () => {
    const asked = { maxInstanceRequestConcurrency: 2, scaling: { maxInstanceCount: 3 } };
    expect(withDefaults(asked)).toMatchObject(asked);
  });
});

describe('runtimeLimits', () => {
  it('takes the default of a hundred instances as four on one machine', () => {
    expect(runtimeLimits(withDefaults({})).maxInstances).toBe(4);
    expect(runtimeLimits({ scaling: { maxInstanceCount: 7 } }).maxInstances).toBe(7);
    expect(runtimeLimits({ scaling: { minInstanceCount: 6 } }).maxInstances).toBe(6);
  });
});

describe('startupProbe', () => {
  it('is TCP for four minutes when there is none', () => {
    expect(startupProbe({})).toMatchObject({ kind: 'tcp', periodMs: 240_000, failureThreshold: 1 });
  });

  it('is HTTP with the defaults of the API', () => {
    const probe = { httpGet: { path: '/health', httpHeaders: [{ name: 'a', value: 'b' }] } };
    expect(startupProbe({ containers: [{ startupProbe: probe }] })).toMatchObject({
      kind: 'http',
      path: '/health',
      headers: { a: 'b' },
      periodMs: 10_000,
      failureThreshold: 3,
    });
  });
});
