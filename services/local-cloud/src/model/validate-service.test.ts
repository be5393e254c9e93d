import { describe, expect, it } from 'vitest';
import type { Container, ServiceSpec, Template } from './resources.ts';
import { validateServiceId, validateSpec } from './validate-service.ts';

const container: Container = { image: 'local/shop' };

function template(change: Partial<Template>, inContainer: Partial<Container> = {}): ServiceSpec {
  return { template: { containers: [{ ...container, ...inContainer }], ...change } };
}

describe('validateServiceId', () => {
  it.each(['a', 'shop', 'shop-2', 'a'.repeat(49)])('takes %s', (id) => {
    expect(() => {
      validateServiceId(id);
    }).not.toThrow();
  });

  it.each(['', '2shop', 'Shop', 'shop-', 'a_b', 'a'.repeat(50)])('refuses "%s"', (id) => {
    expect(() => {
      validateServiceId(id);
    }).toThrow('service_id');
  });
});

describe('validateSpec', () => {
  it.each<[string, ServiceSpec]>([
    ['a plain service', template({})],
    ['two CPUs', template({}, { resources: { limits: { cpu: '2000m', memory: '512Mi' } } })],
    ['half a CPU', template({}, { resources: { limits: { cpu: '0.5' } } })],
    ['a mounted volume', template({ volumes: [{ name: 'v' }] }, { volumeMounts: [{ name: 'v' }] })],
    [
      'a manual scaling',
      { ...template({}), scaling: { scalingMode: 'MANUAL', manualInstanceCount: 0 } },
    ],
  ])('takes %s', (_, spec) => {
    expect(() => {
      validateSpec('shop', spec);
    }).not.toThrow();
  });

  it.each<[ServiceSpec, string]>([
    [{}, 'template: is required'],
    [template({ containers: [] }), 'exactly one container'],
    [template({}, { image: '' }), 'image: is required'],
    [template({ revision: 'other-1' }), 'template.revision'],
    [template({ scaling: { minInstanceCount: 3, maxInstanceCount: 2 } }), 'must not exceed'],
    [template({ scaling: { minInstanceCount: -1 } }), 'must not be negative'],
    [template({ maxInstanceRequestConcurrency: 1001 }), '1 to 1000'],
    [template({ timeout: { seconds: '3601' } }), 'template.timeout'],
    [template({}, { env: [{ name: 'PORT', value: '1' }] }), "'PORT' is reserved"],
    [template({}, { env: [{ name: '1A' }] }), 'is not a variable name'],
    [template({}, { env: [{ name: 'A' }, { name: 'A' }] }), 'is set twice'],
    [template({}, { env: [{ name: 'A', valueSource: {} }] }), 'secret is required'],
    [template({}, { startupProbe: { timeoutSeconds: 11 } }), 'must not exceed period_seconds'],
    [template({}, { startupProbe: { periodSeconds: 241 } }), 'at most 240'],
    [template({}, { livenessProbe: { grpc: {} } }), 'gRPC probes'],
    [template({}, { ports: [{ name: 'grpc', containerPort: 80 }] }), "'http1' or 'h2c'"],
    [template({}, { ports: [{}, {}] }), 'at most one port'],
    [template({}, { resources: { limits: { cpu: '3' } } }), 'limits.cpu'],
    [template({}, { resources: { limits: { cpu: 'much' } } }), 'limits.cpu'],
    [
      template({ maxInstanceRequestConcurrency: 2 }, { resources: { limits: { cpu: '500m' } } }),
      'a concurrency of 1',
    ],
    [template({}, { resources: { limits: { cpu: '4', memory: '1Gi' } } }), 'from 2048Mi'],
    [template({}, { resources: { limits: { memory: 'lots' } } }), 'limits.memory'],
    [template({}, { volumeMounts: [{ name: 'data' }] }), "no volume 'data'"],
    [template({ annotations: { 'autoscaling.knative.dev/x': '1' } }), 'reserved namespace'],
    [{ ...template({}), scaling: { minInstanceCount: 2, maxInstanceCount: 1 } }, 'must not exceed'],
    [{ ...template({}), scaling: { scalingMode: 'MANUAL' } }, 'is required in MANUAL mode'],
    [{ ...template({}), scaling: { manualInstanceCount: 2 } }, 'only allowed in MANUAL mode'],
    [{ ...template({}), labels: { 'run.googleapis.com/x': '1' } }, 'reserved namespace'],
  ])('refuses %j', (spec, message) => {
    expect(() => {
      validateSpec('shop', spec);
    }).toThrow(message);
  });
});
