import { createLogger } from '@omni/kit/logger.ts';
import { afterEach, expect, it } from 'vitest';
import { createApp } from '../app.ts';
import type { AppParts } from '../app.ts';
import { readGatewayConfig } from '../config.ts';
import { createGatewayMetrics } from '../gateway-metrics.ts';
import type { RequestScope } from '../proxy/request-scope.ts';
import { GATEWAY_LOG_FIELDS } from '../request-log.ts';
import { listen } from '../test-rig.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** The HTTP side with a part that fails. */
async function brokenGateway(fail: (scope: RequestScope) => void): Promise<{
  url: string;
  log: () => string;
  reported: RequestScope[];
}> {
  let log = '';
  const logger = createLogger({
    service: 's',
    revision: 'r',
    extraFields: GATEWAY_LOG_FIELDS,
    write: (text) => (log += text),
  });
  const reported: RequestScope[] = [];
  const parts = {
    config: readGatewayConfig({ UPSTREAM_URL: 'http://127.0.0.1:9' }),
    plane: { data: true, admin: true },
    logger,
    metrics: createGatewayMetrics('r', {
      upstreams: () => [],
      keystoreEpoch: () => 0,
      keystoreStalenessSeconds: () => 0,
      logLinesDropped: () => 0,
      busyPollSeconds: () => 0,
    }),
    accessLog: () => undefined,
    keyEnded: () => undefined,
    observers: {
      tracer: undefined,
      faults: {
        requestFailed: (scope: RequestScope) => void reported.push(scope),
        uncaught: () => undefined,
        close: () => Promise.resolve(),
      },
    },
    ownRoutes: fail,
    admin: fail,
  };
  const { server } = createApp(parts as unknown as AppParts);
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, log: () => log, reported };
}

it('answers a fault of its own with 500, logs its stack, reports it, and lives', async () => {
  const { url, log, reported } = await brokenGateway(() => {
    throw new Error('a fault at postgres://u:hunter2@h/');
  });
  for (const _ of [1, 2]) {
    const answer = await fetch(`${url}/health`);
    expect(answer.status).toBe(500);
    const body = await answer.text();
    expect(JSON.parse(body)).toMatchObject({ code: 'internal_error' });
    expect(body).not.toContain('fault');
  }
  await expect.poll(() => reported.length, { timeout: 10_000 }).toBe(2);
  expect(log()).toContain('"code":"INTERNAL_ERROR"');
  expect(log()).toContain('own-faults.test.ts');
  expect(log()).not.toContain('hunter2');
  expect(reported[0]?.fault).toBeInstanceOf(Error);
});

it('breaks the connection off when the fault comes after the head', async () => {
  const { url, reported } = await brokenGateway(({ response }) => {
    response.writeHead(200, ['content-length', '10']);
    response.write('half');
    throw new Error('a fault');
  });
  await expect(fetch(`${url}/health`).then((answer) => answer.text())).rejects.toThrow();
  await expect.poll(() => reported.length, { timeout: 10_000 }).toBe(1);
});
