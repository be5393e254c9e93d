import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { TestGateway } from '../test-rig.ts';
import { sendRaw, startGateway, startUpstream, TEST_KEY } from '../test-rig.ts';

/** Polling ends as soon as it is true; a busy machine may take a while. */
const SOON = { timeout: 10_000 };
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const key = { 'x-api-key': TEST_KEY };

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function rig(env: Record<string, string> = {}): Promise<TestGateway> {
  const upstream = await startUpstream((request, response) => {
    response.statusCode = request.url?.startsWith('/missing') === true ? 404 : 200;
    response.end('twelve bytes');
  });
  const gateway = await startGateway({ UPSTREAM_URL: upstream.url, ...env });
  stops.push(upstream.stop, gateway.stop);
  return gateway;
}

/** The whole line: a field that is not listed here may not be in one. */
const line = z.strictObject({
  time: z.iso.datetime(),
  severity: z.enum(['INFO', 'WARNING', 'ERROR']),
  message: z.literal('request'),
  service: z.literal('gateway'),
  revision: z.string(),
  route: z.string(),
  httpRequest: z.strictObject({
    requestMethod: z.string(),
    requestUrl: z.string(),
    status: z.number(),
    latency: z.string().regex(/^\d+\.\d{6}s$/),
    responseSize: z.string().regex(/^\d+$/),
    remoteIp: z.string(),
    userAgent: z.string().optional(),
  }),
  'logging.googleapis.com/trace': z.string(),
  'logging.googleapis.com/spanId': z.string(),
  request_id: z.string(),
  key_id: z.string().optional(),
  upstream_ms: z.number().positive().optional(),
  error_type: z.string().optional(),
  reason: z.string().optional(),
});
type Line = z.output<typeof line>;

function linesOf(gateway: TestGateway): Line[] {
  return gateway
    .log()
    .split('\n')
    .filter((text) => text.includes('"message":"request"'))
    .map((text) => line.parse(JSON.parse(text)));
}

async function lineAfter(gateway: TestGateway, act: () => Promise<unknown>): Promise<Line> {
  const before = linesOf(gateway).length;
  await act();
  await expect.poll(() => linesOf(gateway).length, SOON).toBe(before + 1);
  const last = linesOf(gateway).at(-1);
  if (last === undefined) throw new Error('No line');
  return last;
}

describe('the access log', () => {
  it("has Cloud Logging's names, and of the query nothing", async () => {
    const gateway = await rig({ GOOGLE_CLOUD_PROJECT: 'my-project' });
    const headers = {
      ...key,
      traceparent: `00-${TRACE}-${SPAN}-01`,
      'x-request-id': 'request-0001',
      'user-agent': 'a "quoted" agent',
    };
    const logged = await lineAfter(gateway, () =>
      fetch(`${gateway.url}/a/b?q=private`, { headers }),
    );
    expect(logged).toMatchObject({
      severity: 'INFO',
      httpRequest: {
        requestMethod: 'GET',
        requestUrl: '/a/b',
        status: 200,
        remoteIp: '127.0.0.1',
        responseSize: '12',
        userAgent: 'a "quoted" agent',
      },
      'logging.googleapis.com/trace': `projects/my-project/traces/${TRACE}`,
      'logging.googleapis.com/spanId': SPAN,
      request_id: 'request-0001',
      key_id: 'env_1',
    });
    expect(gateway.log()).not.toContain('private');
  });

  it('tells errors by severity and type, also those of the gateway itself', async () => {
    const gateway = await rig();
    const get = (path: string, headers: Record<string, string>) => (): Promise<Response> =>
      fetch(`${gateway.url}${path}`, { headers });
    expect(await lineAfter(gateway, get('/missing', key))).toMatchObject({
      severity: 'WARNING',
      httpRequest: { status: 404 },
    });
    expect(await lineAfter(gateway, get('/a', {}))).toMatchObject({
      severity: 'WARNING',
      error_type: 'client_unauthorized',
      reason: 'missing',
    });
    expect(await lineAfter(gateway, get('/health/ready', {}))).toMatchObject({
      route: '/health/ready',
      severity: 'INFO',
    });
  });

  it('stays one valid line of JSON whatever target and agent a client sends', async () => {
    const gateway = await rig();
    const target = '/"\\{}<script>';
    const request = `GET ${target} HTTP/1.1\r\nHost: a\r\nUser-Agent: "\\\t\u00e9"}\r\nConnection: close\r\n\r\n`;
    const logged = await lineAfter(gateway, () => sendRaw(gateway.port, request));
    expect(logged.httpRequest.requestUrl).toBe(target);
    expect(logged.httpRequest.userAgent).toBe('"\\\t\u00e9"}');
  });

  it('bounds what a client can make it write', async () => {
    const gateway = await rig();
    const headers = { ...key, 'user-agent': 'a'.repeat(4_000) };
    const path = `/${'b'.repeat(4_000)}`;
    await lineAfter(gateway, () => fetch(`${gateway.url}${path}`, { headers }));
    const text =
      gateway
        .log()
        .split('\n')
        .find((each) => each.includes('bbb')) ?? '';
    expect(text.length).toBeLessThan(1_500);
  });

  it('can be sampled away, but for errors', async () => {
    const gateway = await rig({ ACCESS_LOG_SAMPLE: '0' });
    for (let i = 0; i < 20; i += 1) await fetch(`${gateway.url}/a`, { headers: key });
    await fetch(`${gateway.url}/missing`, { headers: key });
    await fetch(`${gateway.url}/a`);
    const statuses = (): number[] => linesOf(gateway).map(({ httpRequest }) => httpRequest.status);
    await expect.poll(statuses, SOON).toEqual([404, 401]);
  });

  it('logs about the part that it is asked for', async () => {
    const gateway = await rig({ ACCESS_LOG_SAMPLE: '0.5' });
    for (let i = 0; i < 200; i += 1) await fetch(`${gateway.url}/health/live`);
    await fetch(`${gateway.url}/a`);
    await expect.poll(() => gateway.log(), SOON).toContain('"status":401');
    // 200 tosses of a coin: outside of these bounds once in ten million runs.
    expect(linesOf(gateway).length).toBeGreaterThan(62);
    expect(linesOf(gateway).length).toBeLessThan(140);
  });
});
