import type { EnvEntry, RevisionTemplate } from './revision.ts';

/** The services of the stack in the order in which they are deployed. */
export const STACK_SERVICES = ['backend', 'gateway'] as const;
export type StackServiceId = (typeof STACK_SERVICES)[number];

export function isStackService(id: string): id is StackServiceId {
  return (STACK_SERVICES as readonly string[]).includes(id);
}

/** How a service of the stack is deployed for the first time: everything but its image. */
export type StackDefaults = Omit<RevisionTemplate, 'image' | 'env'> & {
  readonly env: readonly EnvEntry[];
  /** Env variable that takes another service's public address, by service id. */
  readonly upstream: { readonly variable: string; readonly service: StackServiceId } | null;
  /** It is what clients call; another service of the stack is called by this one only. */
  readonly facesClients: boolean;
  /** Path that answers without a key and names the revision: the verification asks it. */
  readonly verifyPath: string;
};

/**
 * Variable of a gateway that was switched to a backend which is not the stack's own: deploys then
 * leave its upstream alone.
 */
export const UPSTREAM_PIN = 'UPSTREAM_PINNED';

const secret = (name: string, reference: string): EnvEntry => ({
  name,
  secret: reference,
  version: 'latest',
});

/** Defaults by service. Secret names are those that the local cloud makes (docs/architecture.md). */
export const STACK_DEFAULTS: Readonly<Record<StackServiceId, StackDefaults>> = {
  backend: {
    port: 8080,
    cpu: 2,
    memoryMib: 1024,
    minInstances: 1,
    maxInstances: 2,
    concurrency: 80,
    timeoutSeconds: 300,
    env: [
      { name: 'LANES', value: '1' },
      // Only the gateway may call it: every request carries the gateway's signature.
      { name: 'RUN_AS_INTERNAL', value: '1' },
      secret('PRINCIPAL_SECRET', 'principal-secret'),
    ],
    upstream: null,
    facesClients: false,
    verifyPath: '/health/live',
    startupProbe: {
      path: '/health/ready',
      periodSeconds: 1,
      timeoutSeconds: 1,
      failureThreshold: 120,
    },
  },
  gateway: {
    port: 8080,
    cpu: 1,
    memoryMib: 512,
    minInstances: 1,
    maxInstances: 3,
    concurrency: 200,
    timeoutSeconds: 300,
    env: [
      secret('ADMIN_TOKEN', 'gateway-admin-token'),
      secret('API_KEYS', 'sample-traffic-key'),
      secret('KEY_PEPPERS', 'key-peppers'),
      secret('PRINCIPAL_SECRET', 'principal-secret'),
    ],
    upstream: { variable: 'UPSTREAM_URL', service: 'backend' },
    facesClients: true,
    verifyPath: '/health/live',
    startupProbe: {
      path: '/health/ready',
      periodSeconds: 1,
      timeoutSeconds: 1,
      failureThreshold: 60,
    },
  },
};
