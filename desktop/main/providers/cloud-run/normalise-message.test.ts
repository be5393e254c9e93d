import { protos } from '@google-cloud/run';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseMessage } from './normalise-message.ts';
import { revisionMessage, serviceMessage } from './run-messages.ts';
import { toRevision } from './to-revision.ts';
import { toService } from './to-service.ts';

const { Service, Revision } = protos.google.cloud.run.v2;

const STATES = ['CONDITION_PENDING', 'CONDITION_FAILED', 'CONDITION_SUCCEEDED'] as const;
const PARENT = 'projects/p/locations/l/services/s';

/** A resource as get and list give it: enums and 64 bit integers as text, times in seconds. */
const service = fc.record({
  name: fc.constant(PARENT),
  uri: fc.webUrl(),
  etag: fc.string(),
  generation: fc.nat().map(String),
  reconciling: fc.boolean(),
  createTime: fc.nat(2_000_000_000).map((seconds) => ({ seconds: String(seconds), nanos: 0 })),
  latestReadyRevision: fc.constantFrom('', `${PARENT}/revisions/s-00001-abc`),
  traffic: fc.array(
    fc.record({
      type: fc.constant('TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION' as const),
      revision: fc.constantFrom('s-00001-abc', 's-00002-def'),
      percent: fc.nat(100),
      tag: fc.constantFrom('', 'canary'),
    }),
    { maxLength: 3 },
  ),
  terminalCondition: fc.record({
    type: fc.constant('Ready'),
    state: fc.constantFrom(...STATES),
    message: fc.string(),
  }),
});

const revision = fc.record({
  name: fc.constant(`${PARENT}/revisions/s-00001-abc`),
  service: fc.constant('s'),
  createTime: fc.nat(2_000_000_000).map((seconds) => ({ seconds: String(seconds), nanos: 0 })),
  timeout: fc.nat(3600).map((seconds) => ({ seconds: String(seconds), nanos: 0 })),
  scaling: fc.record({ minInstanceCount: fc.nat(9), maxInstanceCount: fc.nat(99) }),
  maxInstanceRequestConcurrency: fc.nat(1000),
  conditions: fc.array(
    fc.record({ type: fc.constant('Ready'), state: fc.constantFrom(...STATES) }),
    { maxLength: 1 },
  ),
  containers: fc.array(
    fc.record({
      image: fc.string(),
      env: fc.array(fc.record({ name: fc.string(), value: fc.string() }), { maxLength: 3 }),
      ports: fc.constant([{ name: 'http1', containerPort: 8080 }]),
      resources: fc.constant({ limits: { cpu: '1', memory: '1Gi' }, cpuIdle: true }),
    }),
    { maxLength: 1 },
  ),
});

/** The same resource as an operation gives it: a message with numeric enums and Longs. */
function asMessage(type: typeof Service | typeof Revision, plain: object): object {
  return type.decode(type.encode(type.fromObject(plain)).finish());
}

/** The same resource as REST gives it: ISO times, durations like `300s`. */
function asRest(plain: unknown): unknown {
  return JSON.parse(JSON.stringify(plain), (key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('seconds' in value)) return value;
    const seconds = Number(value.seconds);
    return key.endsWith('Time')
      ? new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
      : `${String(seconds)}s`;
  });
}

describe('normaliseMessage', () => {
  it('reads the same service out of get, an operation and REST', () => {
    fc.assert(
      fc.property(service, (plain) => {
        const read = (message: unknown): unknown =>
          toService(serviceMessage.parse(normaliseMessage(message)));
        expect(read(asMessage(Service, plain))).toEqual(read(plain));
        expect(read(asRest(plain))).toEqual(read(plain));
      }),
    );
  });

  it('reads the same revision out of get, an operation and REST', () => {
    fc.assert(
      fc.property(revision, (plain) => {
        const read = (message: unknown): unknown =>
          toRevision(revisionMessage.parse(normaliseMessage(message)), []);
        expect(read(asMessage(Revision, plain))).toEqual(read(plain));
        expect(read(asRest(plain))).toEqual(read(plain));
      }),
    );
  });

  it('makes text of enums, 64 bit integers, times and durations', () => {
    const message = Service.fromObject({
      generation: 2 ** 40,
      ingress: 'INGRESS_TRAFFIC_ALL',
      updateTime: { seconds: 1_700_000_000, nanos: 250_000_000 },
      template: { timeout: { seconds: 1, nanos: 500_000_000 } },
    });
    expect(normaliseMessage(message)).toMatchObject({
      generation: '1099511627776',
      ingress: 'INGRESS_TRAFFIC_ALL',
      updateTime: '2023-11-14T22:13:20.250Z',
      template: { timeout: '1.5s' },
    });
  });

  it('drops what only says that an optional field is set', () => {
    expect(normaliseMessage({ a: 1, _a: 'a', b: null, c: undefined })).toEqual({ a: 1 });
  });
});
