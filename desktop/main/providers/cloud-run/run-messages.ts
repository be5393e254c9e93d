import type { protos } from '@google-cloud/run';
import { z } from 'zod';
import type { Ingress } from '../../../shared/domain/revision.ts';

/**
 * The fields of Cloud Run's messages that the console reads, after `normaliseMessage`. Everything is
 * optional in protobuf, so everything has a default here.
 */
const text = z.string().default('');

export const condition = z.object({
  type: text,
  state: text,
  message: text,
  reason: text,
  revisionReason: text,
});
export type Condition = z.infer<typeof condition>;

export const trafficTarget = z.object({
  type: text,
  revision: text,
  percent: z.number().default(0),
  tag: text,
});
export type TrafficTarget = z.infer<typeof trafficTarget>;

export const LATEST = 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST';
export const REVISION = 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION';

const serviceScaling = z
  .object({
    minInstanceCount: z.number().default(0),
    maxInstanceCount: z.number().default(0),
    scalingMode: text,
    manualInstanceCount: z.number().default(0),
  })
  .prefault({});

export const serviceMessage = z.object({
  name: z.string(),
  uri: text,
  latestCreatedRevision: text,
  latestReadyRevision: text,
  traffic: z.array(trafficTarget).default([]),
  trafficStatuses: z.array(trafficTarget).default([]),
  reconciling: z.boolean().default(false),
  terminalCondition: condition.optional(),
  etag: text,
  ingress: text,
  invokerIamDisabled: z.boolean().default(false),
  scaling: serviceScaling,
});
export type ServiceMessage = z.infer<typeof serviceMessage>;

type IngressName = keyof typeof protos.google.cloud.run.v2.IngressTraffic;

/** The four that Cloud Run knows, by the console's names. */
export const INGRESS_NAMES: Readonly<Record<Ingress, IngressName>> = {
  all: 'INGRESS_TRAFFIC_ALL',
  internal: 'INGRESS_TRAFFIC_INTERNAL_ONLY',
  'internal-lb': 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
  none: 'INGRESS_TRAFFIC_NONE',
};

const secretKeyRef = z.object({ secret: text, version: z.string().default('latest') });

export const containerMessage = z.object({
  image: text,
  env: z
    .array(
      z.object({
        name: z.string(),
        value: z.string().default(''),
        valueSource: z.object({ secretKeyRef: secretKeyRef.optional() }).optional(),
      }),
    )
    .default([]),
  ports: z.array(z.object({ containerPort: z.number().default(8080) })).default([]),
  resources: z
    .object({ limits: z.record(z.string(), z.string()).default({}) })
    .default({ limits: {} }),
  startupProbe: z
    .object({
      periodSeconds: z.number().default(10),
      timeoutSeconds: z.number().default(1),
      failureThreshold: z.number().default(3),
      httpGet: z.object({ path: z.string().default('/') }).optional(),
    })
    .optional(),
});
export type ContainerMessage = z.infer<typeof containerMessage>;

export const revisionMessage = z.object({
  name: z.string(),
  service: text,
  labels: z.record(z.string(), z.string()).default({}),
  createTime: text,
  conditions: z.array(condition).default([]),
  containers: z.array(containerMessage).default([]),
  scaling: z
    .object({ minInstanceCount: z.number().default(0), maxInstanceCount: z.number().default(100) })
    .default({ minInstanceCount: 0, maxInstanceCount: 100 }),
  maxInstanceRequestConcurrency: z.number().default(80),
  timeout: z.string().default('300s'),
});
export type RevisionMessage = z.infer<typeof revisionMessage>;

/** `gateway-00002-abc` of a full resource name. */
export function shortName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
