import { gatewayHealth } from '@omni/contracts/health.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { sendRaw, startGateway, startUpstream, TEST_KEY } from './test-rig.ts';
import type { TestGateway, TestUpstream } from './test-rig.ts';

/** Polling ends as soon as it is true; a busy machine may take a while. */
const SOON = { timeout: 10_000 };

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function rig(
  env: Record<string, string> = {},
): Promise<{ upstream: TestUpstream; gateway: TestGateway }> {
  const upstream = await startUpstream((_request, response) => response.end('ok'));
  stops.push(upstream.stop);
  const gateway = await startGateway({ UPSTREAM_URL: upstream.url, ...env });
  stops.push(gateway.stop);
  return { upstream, gateway };
}

/** Everything of an answer that a client could tell answers apart by. */
async function fingerprint(answer: Response): Promise<string> {
  const headers = [...answer.headers].filter(
    ([name]) => name !== 'x-request-id' && name !== 'date',
  );
  return JSON.stringify([answer.status, headers, await answer.text()]);
}

describe('keys on the wire', () => {
  it.each([
    ['x-api-key', { 'x-api-key': TEST_KEY }],
    ['Bearer', { authorization: `Bearer ${TEST_KEY}` }],
  ])('are accepted as %s', async (_name, headers) => {
    const { gateway } = await rig();
    expect((await fetch(`${gateway.url}/api/x`, { headers })).status).toBe(200);
  });

  it('are refused byte for byte alike, whatever is wrong', async () => {
    const { gateway, upstream } = await rig();
    const wellFormed = `omni_live_${'a'.repeat(44)}000000`;
    const answers = [];
    for (const key of [undefined, 'x', TEST_KEY.slice(1), wellFormed, "' OR '1'='1"]) {
      const headers = key === undefined ? {} : { 'x-api-key': key };
      answers.push(await fingerprint(await fetch(`${gateway.url}/api/x`, { headers })));
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('"code\\":\\"unauthorized');
    expect(upstream.requests).toHaveLength(0);
  });

  it('are not read from the query, and two different ones are refused', async () => {
    const { gateway } = await rig();
    expect((await fetch(`${gateway.url}/api/x?api_key=${TEST_KEY}`)).status).toBe(401);
    const headers = { 'x-api-key': TEST_KEY, authorization: 'Bearer other' };
    const answer = await fetch(`${gateway.url}/api/x`, { headers });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'ambiguous_credentials' });
  });

  it('never reach the log, the metrics or an answer', async () => {
    const canary = 'canary-key-that-must-not-leak';
    const { gateway } = await rig({ API_KEYS: canary, RATE_LIMIT_PER_MINUTE: '1' });
    let seen = '';
    for (const path of [
      '/api/x',
      '/api/x',
      `/api/x?key=${canary}`,
      '/a%00',
      '/health',
      '/metrics',
    ]) {
      const headers = { 'x-api-key': canary, 'x-request-id': 'canary.id-1', cookie: canary };
      const answer = await fetch(`${gateway.url}${path}`, { headers });
      seen += JSON.stringify([...answer.headers]) + (await answer.text());
    }
    await expect.poll(gateway.log, SOON).toContain('/metrics');
    expect(gateway.log()).toContain('canary.id-1');
    expect(gateway.log() + seen).not.toContain(canary);
  });

  it('are limited per minute, with the headers that say so', async () => {
    const { gateway } = await rig({ RATE_LIMIT_PER_MINUTE: '2' });
    const get = (): Promise<Response> =>
      fetch(`${gateway.url}/api/x`, { headers: { 'x-api-key': TEST_KEY } });
    const first = await get();
    expect(first.headers.get('ratelimit-policy')).toBe('"key";q=2;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"key";r=1;t=\d+$/);
    await get();
    const refused = await get();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(await refused.json()).toMatchObject({ code: 'rate_limited' });
  });
});

describe('requests that two parsers read differently', () => {
  const key = `X-Api-Key: ${TEST_KEY}\r\n`;
  it.each([
    ['two Hosts', `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n${key}\r\n`, 400],
    ['no Host', `GET / HTTP/1.1\r\n${key}\r\n`, 400],
    [
      'length and chunks',
      `POST / HTTP/1.1\r\nHost: a\r\n${key}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    [
      'two lengths',
      `POST / HTTP/1.1\r\nHost: a\r\n${key}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
      400,
    ],
    [
      'another encoding',
      `POST / HTTP/1.1\r\nHost: a\r\n${key}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    [
      'chunks in HTTP/1.0',
      `POST / HTTP/1.0\r\nHost: a\r\n${key}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['a body with GET', `GET / HTTP/1.1\r\nHost: a\r\n${key}Content-Length: 1\r\n\r\na`, 400],
    ['an absolute target', `GET http://b/ HTTP/1.1\r\nHost: a\r\n${key}\r\n`, 400],
    ['an encoded slash', `GET /a%2fb HTTP/1.1\r\nHost: a\r\n${key}\r\n`, 400],
    ['a dot segment', `GET /a/../b HTTP/1.1\r\nHost: a\r\n${key}\r\n`, 400],
    ['no version', `GET /\r\nHost: a\r\n${key}\r\n`, 400],
    ['another version', `GET / HTTP/2.0\r\nHost: a\r\n${key}\r\n`, 400],
    ['TRACE', `TRACE / HTTP/1.1\r\nHost: a\r\n${key}\r\n`, 405],
    ['a bare line feed', `GET / HTTP/1.1\nHost: a\n${key}\n`, 400],
    ['a folded header', `GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n 2\r\n${key}\r\n`, 400],
    ['a space before the colon', `GET / HTTP/1.1\r\nHost: a\r\nX-A : 1\r\n${key}\r\n`, 400],
    ['a long target', `GET /${'a'.repeat(9_000)} HTTP/1.1\r\nHost: a\r\n${key}\r\n`, 414],
    ['a long head', `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(17_000)}\r\n${key}\r\n`, 431],
    ['many headers', `GET / HTTP/1.1\r\nHost: a\r\n${'X-A: 1\r\n'.repeat(120)}${key}\r\n`, 431],
    ['an unknown expectation', `GET / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n${key}\r\n`, 417],
  ])('%s', async (_name, bytes, status) => {
    const { gateway, upstream } = await rig();
    const answer = await sendRaw(gateway.port, bytes, /\r\n\r\n/);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(upstream.requests).toHaveLength(0);
    expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200);
  });
});

describe('own routes', () => {
  it('report health as the contract says, without a key', async () => {
    const { gateway, upstream } = await rig();
    const read = async (): Promise<unknown> => (await fetch(`${gateway.url}/health`)).json();
    await expect.poll(read, SOON).toMatchObject({ status: 'healthy' });
    expect(gatewayHealth.parse(await read()).services.keystore.state).toBe('not_configured');
    expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(200);
    await upstream.stop();
    stops.splice(0, 1);
    await fetch(`${gateway.url}/api/x`, { headers: { 'x-api-key': TEST_KEY } });
    expect(await read()).toMatchObject({
      status: 'degraded',
      services: { upstream: { state: 'down' } },
    });
  });

  it('expose the agreed metrics, with bounded labels', async () => {
    const { gateway } = await rig();
    const headers = { 'x-api-key': TEST_KEY };
    await fetch(`${gateway.url}/api/health`, { headers });
    for (let i = 0; i < 120; i += 1) await fetch(`${gateway.url}/random/${i}`, { headers });
    await fetch(`${gateway.url}/api/health`);
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    for (const name of [
      'gateway_overhead_seconds_bucket',
      'http_client_request_duration_seconds_count',
      'gateway_upstream_up{upstream="backend"} 1',
      'gateway_auth_failures_total{reason="missing"} 1',
      'gateway_key_requests_total{key_id="env_1",code_class="2xx"} 121',
      'http_route="/api/health",http_response_status_code="401",error_type="client_unauthorized"',
      'http_route="__unmatched__"',
      'gateway_keystore_epoch 0',
    ]) {
      expect(text).toContain(name);
    }
    expect(text).not.toContain('random');
    expect(text.split('\n').length).toBeLessThan(1_000);
  });

  it('say how long it waited awake, unless it sleeps', async () => {
    const polledWith = async (microseconds: string): Promise<number> => {
      const { gateway } = await rig({ BUSY_POLL_US: microseconds });
      await fetch(`${gateway.url}/api/x`, { headers: { 'x-api-key': TEST_KEY } });
      const text = await (await fetch(`${gateway.url}/metrics`)).text();
      return Number(/^gateway_busy_poll_seconds_total (\S+)$/m.exec(text)?.[1]);
    };
    expect(await polledWith('10000')).toBeGreaterThan(0);
    expect(await polledWith('0')).toBe(0);
  });

  it('ask for METRICS_TOKEN when it is set', async () => {
    const token = 'a-token-for-metrics';
    const { gateway } = await rig({ METRICS_TOKEN: token });
    const get = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${gateway.url}/metrics`, { headers });
    expect((await get({})).status).toBe(401);
    expect((await get({ authorization: `Bearer ${token}x` })).status).toBe(401);
    expect((await get({ authorization: `Bearer ${token}` })).status).toBe(200);
  });

  it('have no admin API without ADMIN_TOKEN', async () => {
    const { gateway } = await rig();
    expect((await fetch(`${gateway.url}/admin/v1/keys`)).status).toBe(404);
  });

  it('accept only GET and HEAD', async () => {
    const { gateway } = await rig();
    expect((await fetch(`${gateway.url}/health`, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${gateway.url}/health`, { method: 'HEAD' })).status).toBe(200);
  });
});
