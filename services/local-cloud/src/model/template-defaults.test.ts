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

  it('fills in resources and probes as the real service answers them', () => {
    const [container] = withDefaults({ containers: [{ image: 'i' }] }).containers ?? [];
    expect(container).toMatchObject({
      resources: { limits: { cpu: '1000m', memory: '512Mi' }, cpuIdle: true },
      startupProbe: {
        timeoutSeconds: 240,
        periodSeconds: 240,
        failureThreshold: 1,
        tcpSocket: { port: 8080 },
      },
    });
    expect(container).not.toHaveProperty('livenessProbe');
  });

  it('leaves cpu_idle to the caller once resources are set, which is the trap', () => {
    const resources = { limits: { memory: '1Gi' } };
    const [container] = withDefaults({ containers: [{ image: 'i', resources }] }).containers ?? [];
    expect(container?.resources).toEqual({ limits: { cpu: '1000m', memory: '1Gi' } });
  });

  it('serves one request at a time with less than one CPU', () => {
    const containers = [{ resources: { limits: { cpu: '500m' } } }];
    expect(withDefaults({ containers }).maxInstanceRequestConcurrency).toBe(1);
  });

  it('completes probes with the port of the container', () => {
    const livenessProbe = { httpGet: { path: '/live' } };
    const ports = [{ name: 'http1', containerPort: 9000 }];
    const [container] = withDefaults({ containers: [{ ports, livenessProbe }] }).containers ?? [];
    expect(container?.livenessProbe).toEqual({
      httpGet: { path: '/live', port: 9000 },
      timeoutSeconds: 1,
      periodSeconds: 10,
      failureThreshold: 3,
    });
  });

  it('changes nothing the second time', () => {
    const once = withDefaults({ containers: [{ image: 'i', livenessProbe: { tcpSocket: {} } }] });
    expect(withDefaults(once)).toEqual(once);
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
