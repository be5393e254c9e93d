import { createServiceMetrics } from '@omni/kit/metrics.ts';
import fastify from 'fastify';
import { afterEach, expect, it, vi } from 'vitest';
import { LatencyWindow } from '../health/latency-window.ts';
import { memoryLog } from '../testing/test-service.ts';
import { until } from '../testing/until.ts';
import { observeRequests } from './observe-requests.ts';

// A deadline for a busy machine, not an expectation.
vi.setConfig({ testTimeout: 60_000 });

const app = fastify();
afterEach(() => app.close());

it('counts and logs a client that left before its answer, once', async () => {
  const metrics = createServiceMetrics({ version: '0', revision: 'r' });
  const { log, text } = memoryLog();
  observeRequests(app, { metrics, window: new LatencyWindow(), log, revision: 'r' });
  let arrived = false;
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  app.get('/slow', async () => {
    arrived = true;
    await answered;
    return 'late';
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const client = new AbortController();
  const left = fetch(`${url}/slow`, { signal: client.signal }).catch((error: unknown) => error);
  await until('the request', () => arrived || undefined);
  client.abort();
  await left;
  await until('its log line', () => text().includes('"status":499') || undefined);
  answer();
  expect((await fetch(`${url}/slow`)).status).toBe(200);
  await until('the second log line', () => text().includes('"status":200') || undefined);
  const lines = text()
    .split('\n')
    .filter((line) => line.includes('"message":"Request"'));
  expect(lines).toHaveLength(2);
  const { body: rendered } = await metrics.render();
  expect(rendered).toContain('http_server_active_requests{http_request_method="GET"} 0');
  expect(rendered).toMatch(/_count\{[^}]*status_code="499",error_type="client_gone"\} 1/);
});
