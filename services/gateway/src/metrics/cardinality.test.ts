import { describe, expect, it } from 'vitest';
import { createGatewayMetrics } from '../gateway-metrics.ts';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import { NO_UPSTREAM } from '../proxy/request-scope.ts';
import type { RequestScope } from '../proxy/request-scope.ts';

const ERRORS = ['client_invalid', 'gateway_internal', 'upstream_reset', undefined];
const TRACEPARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

function metrics(): GatewayMetrics {
  return createGatewayMetrics('r1', {
    upstreams: () => [{ name: 'backend', up: true, inflight: 1, circuit: 'half_open' }],
    keystoreEpoch: () => 7,
    keystoreStalenessSeconds: () => 0.25,
    logLinesDropped: () => 3,
    busyPollSeconds: () => 0.5,
  });
}

function scopeOf(part: Partial<Record<keyof RequestScope, unknown>>): RequestScope {
  return {
    method: 'GET',
    route: '/v1/models',
    traceparent: TRACEPARENT,
    upstream: 'backend',
    upstreamStatus: NO_UPSTREAM,
    upstreamMs: 0,
    ...part,
  } as unknown as RequestScope;
}

async function linesOf({ service }: GatewayMetrics): Promise<string[]> {
  const { body } = await service.render();
  return body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('the metrics of the gateway', () => {
  it('stay below 2,000 series for a million random methods, keys, routes and statuses', async () => {
    const all = metrics();
    let seed = 1;
    // A plain generator: the library's would take most of the time.
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const observe = (): void => {
      const method = all.service.requestStarted(`METHOD-${random(1_000_000)}`);
      const scope = scopeOf({
        method,
        // Routes are configured, so this cannot happen; it is bounded all the same.
        route: random(3) === 0 ? `/route/${random(1_000_000)}` : '/v1/models',
        keyId: `key${random(1_000_000)}`,
        errorType: ERRORS[random(ERRORS.length)],
        upstream: random(10) === 0 ? `upstream${random(1_000)}` : 'backend',
      });
      const status = 100 + random(500);
      if (random(2) === 0) {
        scope.upstreamStatus = status;
        all.upstreamAnswered(scope, status, random(100) / 1_000);
      }
      all.requestEnded(scope, status, random(2_000) / 1_000);
    };
    for (let i = 0; i < 200_000; i += 1) observe();
    const before = await linesOf(all);
    for (let i = 0; i < 800_000; i += 1) observe();
    const after = await linesOf(all);
    expect(after).toHaveLength(before.length);
    expect(after.length).toBeLessThanOrEqual(2_000);
    const counts = after.filter((line) =>
      line.startsWith('http_server_request_duration_seconds_count'),
    );
    const total = counts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    expect(total).toBe(1_000_000);
    const keys = new Set(after.map((line) => /key_id="([^"]+)"/.exec(line)?.[1]));
    keys.delete(undefined);
    expect(keys.size).toBeLessThanOrEqual(101);
    expect(after.join('\n')).not.toContain('METHOD-');
    expect(after.join('\n')).toContain('http_request_method="_OTHER"');
  }, 60_000);

  it('have room for a hundred keys beside the routes, and keep the others together', async () => {
    const all = metrics();
    for (let i = 0; i < 150; i += 1) {
      all.requestEnded(scopeOf({ keyId: `key${i}` }), 200, 0.01);
      all.requestEnded(scopeOf({ keyId: `key${i}` }), 429, 0.01);
    }
    const lines = await linesOf(all);
    expect(lines).toContain('gateway_key_requests_total{key_id="key99",code_class="4xx"} 1');
    expect(lines).toContain('gateway_key_requests_total{key_id="__other__",code_class="2xx"} 50');
    expect(lines).toContain('omni_metrics_dropped_series_total 0');
  });

  it('split the time of a request into ours and the upstream’s', async () => {
    const all = metrics();
    const scope = scopeOf({ keyId: 'k', upstreamMs: 200 });
    scope.upstreamStatus = 200;
    all.upstreamAnswered(scope, 200, 0.15);
    all.requestEnded(scope, 200, 0.2004);
    const lines = await linesOf(all);
    for (const line of [
      'gateway_overhead_seconds_bucket{le="0.00025",http_route="/v1/models"} 0',
      'gateway_overhead_seconds_bucket{le="0.0005",http_route="/v1/models"} 1',
      'gateway_upstream_ttfb_seconds_sum{upstream="backend"} 0.15',
      'http_client_request_duration_seconds_sum{upstream="backend",http_request_method="GET",http_response_status_code="200"} 0.2',
    ]) {
      expect(lines).toContain(line);
    }
  });

  it('have every agreed name', async () => {
    const all = metrics();
    all.authFailed('bad_secret');
    all.upstreamRetried('dead_connection', 'backend');
    const text = (await linesOf(all)).join('\n');
    for (const line of [
      'gateway_upstream_up{upstream="backend"} 1',
      'gateway_upstream_inflight{upstream="backend"} 1',
      'gateway_circuit_state{upstream="backend"} 1',
      'gateway_upstream_retries_total{upstream="backend",reason="dead_connection"} 1',
      'gateway_auth_failures_total{reason="bad_secret"} 1',
      'gateway_auth_failures_total{reason="missing"} 0',
      'gateway_keystore_epoch 7',
      'gateway_keystore_staleness_seconds 0.25',
      'gateway_log_lines_dropped_total 3',
      'gateway_busy_poll_seconds_total 0.5',
      'http_server_active_requests{http_request_method="GET"} 0',
      'omni_metrics_dropped_series_total 0',
    ]) {
      expect(text).toContain(line);
    }
    for (const reason of [
      'malformed',
      'unknown',
      'revoked',
      'expired',
      'disabled',
      'ip',
      'scope',
    ]) {
      expect(text).toContain(`gateway_auth_failures_total{reason="${reason}"}`);
    }
    expect(text).toContain('omni_build_info{version=');
  });
});
