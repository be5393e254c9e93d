import type { ServiceMetrics } from '@omni/kit/metrics.ts';
import { answer, answerFault, answerRefusal } from '../proxy/answer.ts';
import { refusals } from '../proxy/refusal.ts';
import type { RequestScope } from '../proxy/request-scope.ts';
import type { OwnRoute } from '../proxy/route-match.ts';
import type { HealthInputs } from './health.ts';
import { gatewayHealth, readiness } from './health.ts';
import { metricsRefusal } from './metrics-access.ts';
import type { MetricsAccessOptions } from './metrics-access.ts';

export interface OwnRoutesOptions extends MetricsAccessOptions {
  health: HealthInputs;
  metrics: ServiceMetrics;
}

const JSON_TYPE = ['content-type', 'application/json; charset=utf-8', 'cache-control', 'no-store'];

/** Answers the gateway's own routes, all but the admin API. */
export function createOwnRoutes(
  options: OwnRoutesOptions,
): (scope: RequestScope, route: Exclude<OwnRoute, '/admin/v1'>) => void {
  return (scope, route) => {
    const { method } = scope.request;
    if (method !== 'GET' && method !== 'HEAD') {
      answerRefusal(scope, refusals.method);
      return;
    }
    switch (route) {
      case '/health': {
        answerJson(scope, gatewayHealth(options.health));
        return;
      }
      case '/health/ready': {
        answerJson(scope, readiness(options.health));
        return;
      }
      case '/health/live': {
        answerJson(scope, { status: 200, body: { live: true } });
        return;
      }
      case '/metrics': {
        answerMetrics(scope, options).catch((fault: unknown) => answerFault(scope, fault));
        return;
      }
    }
  };
}

function answerJson(
  scope: RequestScope,
  { status, body }: { status: number; body: unknown },
): void {
  answer(scope, { status, headers: JSON_TYPE, body: JSON.stringify(body) });
}

async function answerMetrics(scope: RequestScope, options: OwnRoutesOptions): Promise<void> {
  const refusal = await metricsRefusal(scope, options);
  if (refusal !== null) {
    answerRefusal(scope, refusal);
    return;
  }
  const { contentType, body } = await options.metrics.render(scope.request.headers.accept);
  answer(scope, { status: 200, headers: ['content-type', contentType], body });
}
