import type { BackendHealth } from '@omni/contracts/health.ts';

type Services = BackendHealth['services'];

/** Parts whose loss makes the service poorer, not useless. */
const OPTIONAL = ['database', 'redis'] as const;

/** One word for all parts: what the service cannot do without decides first. */
export function toVerdict(services: Services): BackendHealth['status'] {
  if (services.api.state === 'down' || services.ai.state === 'down') return 'unhealthy';
  if (services.api.state === 'starting' || services.ai.state === 'starting') return 'starting';
  const poorer = OPTIONAL.some((part) => ['down', 'degraded'].includes(services[part].state));
  return poorer || services.ai.state === 'degraded' ? 'degraded' : 'healthy';
}

/** The status code of `/api/health`. */
export function toStatusCode(status: BackendHealth['status']): 200 | 503 {
  return status === 'healthy' || status === 'degraded' ? 200 : 503;
}
