import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { sendRaw, startGateway, startUpstream, TEST_KEY } from '../test-rig.ts';
import type { TestGateway, TestUpstream, UpstreamHandler } from '../test-rig.ts';

/** Polling ends as soon as it is true; a busy machine may take a while. */
const SOON = { timeout: 10_000 };

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function rig(
  handler: UpstreamHandler,
  env: Record<string, string> = {},
): Promise<{ upstream: TestUpstream; gateway: TestGateway }> {
  const upstream = await startUpstream(handler);
  stops.push(upstream.stop);
  const gateway = await startGateway({ UPSTREAM_URL: upstream.url, ...env });
  stops.push(gateway.stop);
  return { upstream, gateway };
}

/** A whole problem body was received. */
const ANSWERED = /\r\n\r\n\{.*\}$/s;

const withKey = { 'x-api-key': TEST_KEY };

/** Opens a request and leaves its answer to the caller. */
function open(gateway: TestGateway, path: string): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    http
      .get(`${gateway.url}${path}`, { headers: withKey, agent: false }, resolve)
      .once('error', reject);
  });
}

describe('proxying', () => {
  it('passes method, path, query and body, and marks the answer', async () => {
    const { gateway, upstream } = await rig(
      (request, response) => {
        response.setHeader('x-omni-revision', 'backend-7');
        response.setHeader('server', 'secret/1.0');
        request.pipe(response);
      },
      { K_REVISION: 'gateway-3' },
    );
    const url = `${gateway.url}/v1/embeddings?a=%2F&b`;
    const answer = await fetch(url, { method: 'POST', headers: withKey, body: 'hello' });
    expect(await answer.text()).toBe('hello');
    expect(upstream.requests[0]).toMatchObject({ method: 'POST', url: '/v1/embeddings?a=%2F&b' });
    expect(answer.headers.get('x-omni-revision')).toBe('gateway-3');
    expect(answer.headers.get('x-omni-upstream-revision')).toBe('backend-7');
    expect(answer.headers.get('server')).toBeNull();
    expect(answer.headers.get('x-request-id')).toBe(upstream.requests[0]?.headers['x-request-id']);
  });

  it('puts the path of UPSTREAM_URL before every path', async () => {
    const upstream = await startUpstream((_request, response) => response.end());
    stops.push(upstream.stop);
    const gateway = await startGateway({ UPSTREAM_URL: `${upstream.url}/base/` });
    stops.push(gateway.stop);
    await fetch(`${gateway.url}/api/x`, { headers: withKey });
    expect(upstream.requests[0]?.url).toBe('/base/api/x');
  });

  it('carries 20 MB both ways unchanged', async () => {
    const { gateway } = await rig((request, response) => request.pipe(response), {
      BODY_LIMIT_BYTES: '30000000',
    });
    const body = randomBytes(20_000_000);
    const answer = await fetch(`${gateway.url}/big`, { method: 'POST', headers: withKey, body });
    const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    expect(sha(new Uint8Array(await answer.arrayBuffer()))).toBe(sha(body));
  });

  it('streams: the head arrives before any data, an event before the end', async () => {
    let send: (event: string) => void = () => undefined;
    const { gateway } = await rig((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      send = (event) => void response.write(event);
    });
    const answer = await open(gateway, '/events');
    expect(answer.headers['content-type']).toBe('text/event-stream');
    send('data: 1\n\n');
    const [first] = (await answer.take(1).toArray()) as Buffer[];
    expect(first?.toString()).toBe('data: 1\n\n');
  });

  it('cancels the upstream when the client leaves before the answer', async () => {
    let closedAt = 0;
    const { gateway, upstream } = await rig((_request, response) => {
      response.once('close', () => (closedAt = performance.now()));
    });
    const request = http.get(`${gateway.url}/slow`, { headers: withKey });
    request.once('error', () => undefined);
    await expect.poll(() => upstream.requests.length, SOON).toBe(1);
    const leftAt = performance.now();
    request.destroy();
    await expect.poll(() => closedAt, SOON).toBeGreaterThan(0);
    expect(closedAt - leftAt).toBeLessThan(500);
    await expect.poll(gateway.log, SOON).toContain('"error_type":"client_aborted"');
  });

  it('cancels the upstream when the client leaves in the middle of the answer', async () => {
    let closed = false;
    const { gateway } = await rig((_request, response) => {
      response.write('part');
      response.once('close', () => (closed = true));
    });
    const answer = await open(gateway, '/slow');
    answer.once('error', () => undefined);
    answer.destroy();
    await expect.poll(() => closed, SOON).toBe(true);
  });
});

describe('headers on the wire', () => {
  it('are cleaned towards the upstream, and vouched for', async () => {
    const { gateway, upstream } = await rig((_request, response) => response.end('ok'), {
      PRINCIPAL_SECRET: 'p'.repeat(32),
    });
    const head =
      `GET /api/health HTTP/1.1\r\nHost: gateway.example\r\nX-Api-Key: ${TEST_KEY}\r\n` +
      'Connection: close, x-nominated\r\nX-Nominated: 1\r\nX-Forwarded-For: 6.6.6.6\r\n' +
      'Keep-Alive: timeout=5\r\nUpgrade: h2c\r\nTE: trailers\r\nX-Omni-Principal: forged\r\n\r\n';
    expect(await sendRaw(gateway.port, head)).toMatch(/^HTTP\/1.1 200/);
    const { headers } = upstream.requests[0] ?? {};
    expect(headers).toMatchObject({
      host: new URL(upstream.url).host,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'gateway.example',
      'x-forwarded-proto': 'http',
      via: '1.1 omni-gateway',
    });
    expect(headers?.['x-omni-principal']).not.toBe('forged');
    for (const name of ['x-api-key', 'x-nominated', 'keep-alive', 'upgrade', 'te']) {
      expect(headers?.[name]).toBeUndefined();
    }
  });

  it('answer CORS for allowed origins only, preflight without a key', async () => {
    const { gateway, upstream } = await rig((_request, response) => response.end('ok'), {
      ALLOWED_ORIGINS: 'https://app.example',
    });
    const preflight = (origin: string): Promise<Response> =>
      fetch(`${gateway.url}/api/x`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const allowed = await preflight('https://app.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example');
    const foreign = await preflight('https://evil.example');
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
    expect(upstream.requests).toHaveLength(0);
    const answer = await fetch(`${gateway.url}/api/x`, {
      headers: { ...withKey, origin: 'https://app.example' },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(answer.headers.get('vary')).toBe('Origin');
  });
});

describe('bodies over the limit', () => {
  const env = { BODY_LIMIT_BYTES: '1000' };

  it('are refused by their declared length before the upstream hears of them', async () => {
    const { gateway, upstream } = await rig((_request, response) => response.end('ok'), env);
    const head = `POST /x HTTP/1.1\r\nHost: a\r\nX-Api-Key: ${TEST_KEY}\r\nContent-Length: 1001\r\n`;
    expect(await sendRaw(gateway.port, `${head}\r\n`, ANSWERED)).toMatch(/^HTTP\/1.1 413/);
    expect(await sendRaw(gateway.port, `${head}Expect: 100-continue\r\n\r\n`, ANSWERED)).toMatch(
      /^HTTP\/1.1 413/,
    );
    expect(upstream.requests).toHaveLength(0);
  });

  it('are cut off while streaming', async () => {
    let received = 0;
    const { gateway } = await rig((request, response) => {
      request.on('data', (piece: Buffer) => (received += piece.length));
      request.once('error', () => undefined);
      request.once('end', () => response.end('ok'));
    }, env);
    const head = `POST /x HTTP/1.1\r\nHost: a\r\nX-Api-Key: ${TEST_KEY}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = `3e8\r\n${'x'.repeat(1_000)}\r\n`;
    const answer = await sendRaw(gateway.port, head + chunk + chunk, ANSWERED);
    expect(answer).toMatch(/^HTTP\/1.1 413/);
    expect(answer).toContain('body_too_large');
    expect(received).toBeLessThanOrEqual(1_000);
  });

  it('let a client wait for 100 Continue only when the body is wanted', async () => {
    const { gateway } = await rig((request, response) => request.pipe(response), env);
    const head = `POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n`;
    expect(await sendRaw(gateway.port, `${head}\r\n`, ANSWERED)).toMatch(/^HTTP\/1.1 401/);
    const wanted = await sendRaw(gateway.port, `${head}X-Api-Key: ${TEST_KEY}\r\n\r\nhi`);
    expect(wanted).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200/);
  });
});
