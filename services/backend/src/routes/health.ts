import type { BackendHealth } from '@omni/contracts/health.ts';
import { backendHealth } from '@omni/contracts/health.ts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { toStatusCode, toVerdict } from '../health/verdict.ts';
import type { RouteDoc } from '@omni/kit/api-docs/route-doc.ts';

export interface ReadyModel {
  readonly name: string;
  readonly version: string;
  readonly state: 'loading' | 'ready' | 'failed';
  readonly reason?: string;
  /** The load step under way, and how far that is. */
  readonly phase?: string;
  readonly progress: number;
}

export interface HealthSources {
  readonly parts: () => BackendHealth['services'];
  readonly models: () => readonly ReadyModel[];
  /** Why new work must go elsewhere, from SIGTERM on. */
  readonly stopping: () => boolean;
  readonly version: string;
  readonly revision: string;
}

const liveBody = z.object({ status: z.literal('live') });
const readyBody = z.object({
  status: z.enum(['ready', 'starting', 'failed', 'stopping']),
  models: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      state: z.enum(['loading', 'ready', 'failed']),
      reason: z.string().optional(),
      phase: z.string().optional(),
      progress: z.number().min(0).max(1),
    }),
  ),
});

const liveDoc: RouteDoc = {
  tag: 'Operations',
  summary: 'The process runs',
  description: '200 from the moment the port is open, also while models load. For liveness probes.',
  responses: { 200: { description: 'Alive', schema: liveBody } },
  examples: [{ name: 'Ask', status: 200 }],
};
const readyDoc: RouteDoc = {
  tag: 'Operations',
  summary: 'The service can take work',
  description: '503 with state and progress until every model is warm, and again from SIGTERM on.',
  responses: {
    200: { description: 'Ready', schema: readyBody },
    503: { description: 'Not ready', schema: readyBody },
  },
  examples: [{ name: 'Ask', status: 200 }],
};
const healthDoc: RouteDoc = {
  tag: 'Operations',
  summary: 'Health of every part',
  description:
    'API, database, Redis and model with state, reason and since when. 200 while healthy or degraded. Refreshed in the background: the answer never waits for a part.',
  responses: {
    200: { description: 'Healthy or degraded', schema: backendHealth },
    503: { description: 'Starting or unhealthy', schema: backendHealth },
  },
  examples: [{ name: 'Ask', status: 200 }],
};

function readyStatus(sources: HealthSources): z.infer<typeof readyBody>['status'] {
  if (sources.stopping()) return 'stopping';
  const states = sources.models().map(({ state }) => state);
  if (states.length > 0 && states.every((state) => state === 'ready')) return 'ready';
  return states.includes('failed') ? 'failed' : 'starting';
}

/** Health routes, open to everybody. */
export function addHealthRoutes(app: FastifyInstance, sources: HealthSources): void {
  for (const path of ['/health', '/health/live']) {
    app.get(path, { config: { access: 'open', doc: liveDoc } }, () => ({ status: 'live' }));
  }
  app.get('/health/ready', { config: { access: 'open', doc: readyDoc } }, (_request, reply) => {
    const status = readyStatus(sources);
    reply.code(status === 'ready' ? 200 : 503);
    return { status, models: sources.models() };
  });
  app.get('/api/health', { config: { access: 'open', doc: healthDoc } }, (_request, reply) => {
    const services = sources.parts();
    const status = toVerdict(services);
    reply.code(toStatusCode(status)).header('cache-control', 'no-store');
    const body: BackendHealth = {
      status,
      version: sources.version,
      revision: sources.revision,
      services,
    };
    return body;
  });
}
