import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createRawServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startGateway, startUpstream, TEST_KEY } from '../test-rig.ts';
import type { TestGateway } from '../test-rig.ts';

const SOON = { timeout: 20_000 };
/** A thousand requests on a machine that may be busy with other tests. */
const SLOW = 120_000;
const headers = { 'x-api-key': TEST_KEY };

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function gatewayFor(upstream: unknown): Promise<TestGateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'omni-down-'));
  stops.push(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'routes.json');
  const routes = [{ id: 'all', pathPrefix: '/', upstream: 'main' }];
  writeFileSync(file, JSON.stringify({ format: 1, upstreams: { main: upstream }, routes }));
  const gateway = await startGateway({ CONFIG_FILE: file });
  stops.push(gateway.stop);
  return gateway;
}

/** Accepts connections and closes them at once; counts those that carried a request. */
async function brokenUpstream(): Promise<{ url: string; tries: () => number; server: Server }> {
  let tries = 0;
  const server = createRawServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (head) => {
      if (!head.toString('latin1').includes('/health/ready')) tries += 1;
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => new Promise((resolve) => server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, tries: () => tries, server };
}

async function ask(gateway: TestGateway): Promise<{ status: number; body: string; after: string }> {
  const answer = await fetch(`${gateway.url}/x`, { headers });
  const after = answer.headers.get('retry-after') ?? '';
  return { status: answer.status, body: await answer.text(), after };
}

describe('an upstream that is down', { timeout: SLOW }, () => {
  it('is tried at most 1.1 times per request, then left alone and probed by one request', async () => {
    const broken = await brokenUpstream();
    const breaker = { openMs: 2_000, maxOpenMs: 2_000 };
    const gateway = await gatewayFor({ targets: [{ url: broken.url }], breaker });
    const answers = [];
    for (let request = 0; request < 60; request += 1) answers.push(await ask(gateway));
    expect(broken.tries()).toBeLessThanOrEqual(66);
    expect(answers[0]?.body).toContain('"code":"upstream_reset"');
    const refused = answers.filter(({ body }) => body.includes('"code":"circuit_open"'));
    expect(refused.length).toBeGreaterThan(30);
    expect(refused.every(({ status, after }) => status === 503 && /^[123]$/.test(after))).toBe(
      true,
    );
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/gateway_circuit_state\{upstream="main"\} [12]/);
    const before = broken.tries();
    await expect.poll(async () => (await ask(gateway)).body, SOON).toContain('upstream_reset');
    const burst = await Promise.all(Array.from({ length: 20 }, () => ask(gateway)));
    expect(burst.every(({ body }) => body.includes('circuit_open'))).toBe(true);
    expect(broken.tries()).toBe(before + 1);
  });

  it('closes the circuit by itself when it is back', async () => {
    const broken = await brokenUpstream();
    const breaker = { openMs: 300, maxOpenMs: 300, minRequests: 5 };
    const gateway = await gatewayFor({ targets: [{ url: broken.url }], breaker });
    await expect.poll(async () => (await ask(gateway)).body, SOON).toContain('circuit_open');
    const { port } = broken.server.address() as AddressInfo;
    await new Promise((resolve) => broken.server.close(resolve));
    const back = createServer((_request, response) => response.end('back'));
    await new Promise<void>((resolve) => back.listen(port, '127.0.0.1', resolve));
    stops.push(async () => {
      back.closeAllConnections();
      await new Promise((resolve) => back.close(resolve));
    });
    await expect.poll(async () => (await ask(gateway)).body, SOON).toBe('back');
    const burst = await Promise.all(Array.from({ length: 10 }, () => ask(gateway)));
    expect(new Set(burst.map(({ body }) => body))).toEqual(new Set(['back']));
  });

  it('costs nothing when another target is there: POST too, because nothing was sent', async () => {
    const good = await startUpstream((_request, response) => response.end('good'));
    stops.push(good.stop);
    const gateway = await gatewayFor({
      targets: [{ url: 'http://127.0.0.1:9' }, { url: good.url }],
    });
    const statuses = new Set<number>();
    for (let request = 0; request < 40; request += 1) {
      const init = request % 2 === 0 ? {} : { method: 'POST', body: 'again' };
      const answer = await fetch(`${gateway.url}/x`, { headers, ...init });
      statuses.add(answer.status);
      await answer.text();
    }
    expect([...statuses]).toEqual([200]);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(
      /gateway_upstream_retries_total\{upstream="main",reason="unreachable"\} [1-4]\n/,
    );
    expect(metrics).toContain('gateway_upstream_inflight{upstream="main/1"} 0');
  });

  it('follows no redirect', async () => {
    const upstream = await startUpstream((_request, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    );
    stops.push(upstream.stop);
    const gateway = await gatewayFor({ targets: [{ url: upstream.url }] });
    const answer = await fetch(`${gateway.url}/x`, { headers, redirect: 'manual' });
    expect([answer.status, upstream.requests.length]).toEqual([302, 1]);
  });
});

describe('an upstream behind IAM', { timeout: SLOW }, () => {
  const jwt = (exp: number): string =>
    `e30.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.c2ln`;

  async function metadata(token: () => string | null): Promise<{ host: string; asked: string[] }> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const answer = token();
      response.writeHead(answer === null ? 500 : 200, { 'metadata-flavor': 'Google' });
      response.end(answer ?? '');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stops.push(() => new Promise((resolve) => server.close(() => resolve())));
    return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }

  it('gets one ID token for a thousand requests, beside the client’s own headers', async () => {
    const upstream = await startUpstream((_request, response) => response.end());
    stops.push(upstream.stop);
    const token = jwt(Math.floor(Date.now() / 1_000) + 3_600);
    const { host, asked } = await metadata(() => token);
    const gateway = await startGateway({
      UPSTREAM_URL: upstream.url,
      UPSTREAM_AUTH: 'google-id-token',
      GCE_METADATA_HOST: host,
    });
    stops.push(gateway.stop);
    const spoofed = { ...headers, 'x-serverless-authorization': 'Bearer mine' };
    for (let round = 0; round < 20; round += 1) {
      const batch = Array.from({ length: 50 }, () => fetch(gateway.url, { headers: spoofed }));
      for (const answer of await Promise.all(batch)) await answer.text();
    }
    expect(upstream.requests).toHaveLength(1_000);
    const seen = upstream.requests.map((each) => each.headers['x-serverless-authorization']);
    expect(new Set(seen)).toEqual(new Set([`Bearer ${token}`]));
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain(`audience=${encodeURIComponent(upstream.url)}`);
    expect(gateway.log()).not.toContain(token);
  });

  it('is not asked without a token: 503', async () => {
    const upstream = await startUpstream((_request, response) => response.end());
    stops.push(upstream.stop);
    const { host } = await metadata(() => null);
    const gateway = await startGateway({
      UPSTREAM_URL: upstream.url,
      UPSTREAM_AUTH: 'google-id-token',
      GCE_METADATA_HOST: host,
    });
    stops.push(gateway.stop);
    const answer = await fetch(gateway.url, { headers });
    expect([answer.status, upstream.requests.length]).toEqual([503, 0]);
    expect(gateway.log()).toContain('"code":"ID_TOKEN_FAILED"');
  });
});
