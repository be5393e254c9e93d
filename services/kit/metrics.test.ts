import { describe, expect, it } from 'vitest';
import { createServiceMetrics } from './metrics.ts';
import { methodLabel } from './outcome-series.ts';

const options = {
  version: '1.2.3',
  revision: 'r1',
  knownRequests: [{ method: 'GET', route: '/a', status: 500 }],
};

describe('createServiceMetrics', () => {
  it('exposes identity, process and request metrics under their agreed names', async () => {
    const metrics = createServiceMetrics(options);
    const method = metrics.requestStarted('GET');
    metrics.requestEnded({ method, route: '/a', status: 200, seconds: 0.2 });
    const { body } = await metrics.render();
    const labels = 'http_request_method="GET",http_route="/a",http_response_status_code="200"';
    expect(body).toContain(`http_server_request_duration_seconds_bucket{le="0.25",${labels}} 1`);
    expect(body).toContain(`http_server_request_duration_seconds_bucket{le="0.1",${labels}} 0`);
    expect(body).toContain('omni_build_info{version="1.2.3",commit="unknown",revision="r1"} 1');
    expect(body).toMatch(/target_info\{service_instance_id="[0-9a-f-]{36}"\} 1/);
    for (const name of [
      'process_resident_memory_bytes',
      'process_cpu_seconds_total',
      'process_start_time_seconds',
      'nodejs_eventloop_lag_seconds',
    ]) {
      expect(body).toMatch(new RegExp(`^${name} [0-9.e-]+$`, 'm'));
    }
  });

  it('starts known requests at zero and has a bucket at the latency objective', async () => {
    const { body } = await createServiceMetrics(options).render();
    expect(body).toMatch(/_count\{.*http_response_status_code="500"\} 0/);
    expect(body).toContain('le="0.3"');
  });

  it('counts active requests by method', async () => {
    const metrics = createServiceMetrics(options);
    const method = metrics.requestStarted('POST');
    expect((await metrics.render()).body).toContain(
      'http_server_active_requests{http_request_method="POST"} 1',
    );
    metrics.requestEnded({ method, route: '/a', status: 200, seconds: 0 });
    expect((await metrics.render()).body).toContain(
      'http_server_active_requests{http_request_method="POST"} 0',
    );
  });

  it('bounds methods', () => {
    expect(methodLabel('GET')).toBe('GET');
    expect(methodLabel('PROPFIND')).toBe('_OTHER');
    expect(methodLabel(undefined)).toBe('_OTHER');
  });
});
