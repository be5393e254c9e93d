import type { ServiceMetrics } from '@omni/kit/metrics.ts';
import { answer, answerFault, answerRefusal } from '../proxy/answer.ts';
import { refusals } from '../proxy/refusal.ts';
import type { RequestScope } from '../proxy/request-scope.ts';
import type { OwnRoute } from '../proxy/route-match.ts';
import { bearerMatches } from './bearer.ts';
import type { HealthInputs } from './health.ts';
import { gatewayHealth, readiness } from './health.ts';

export interface OwnRoutesOptions {
  health: HealthInputs;
  metrics: ServiceMetrics;
  metricsToken: string | undefined;
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
        answerMetrics(scope, options);
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

/** Open on loopback; elsewhere only with the token, and without one it does not exist. */
function answerMetrics(scope: RequestScope, { metrics, metricsToken }: OwnRoutesOptions): void {
  const { headers, socket } = scope.request;
  if (metricsToken !== undefined) {
    if (!bearerMatches(headers.authorization, metricsToken)) {
      answerRefusal(scope, refusals.unauthorized);
      return;
    }
  } else if (!isLoopback(socket.remoteAddress)) {
    answerRefusal(scope, refusals.notFound);
    return;
  }
  metrics.render(headers.accept).then(
    ({ contentType, body }) =>
      answer(scope, { status: 200, headers: ['content-type', contentType], body }),
    (fault: unknown) => answerFault(scope, fault),
  );
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address);
}
