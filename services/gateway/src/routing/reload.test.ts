import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startGateway, startUpstream, TEST_KEY } from '../test-rig.ts';
import type { TestGateway, TestUpstream } from '../test-rig.ts';
import type { ConfigDocumentInput } from './config-document.ts';

const SOON = { timeout: 30_000 };
/** Twenty clients on a machine that may be busy with other tests. */
const SLOW = 120_000;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A folder with the document, replaced as a whole as deployments do. */
function configFile(document: unknown): { file: string; write: (next: unknown) => void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'omni-routes-'));
  stops.push(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'routes.json');
  const write = (next: unknown): void => {
    writeFileSync(`${file}.new`, typeof next === 'string' ? next : JSON.stringify(next));
    renameSync(`${file}.new`, file);
  };
  write(document);
  return { file, write };
}

function documentFor(upstream: TestUpstream): ConfigDocumentInput {
  return {
    format: 1,
    upstreams: { main: { targets: [{ url: upstream.url }] } },
    routes: [{ id: 'all', pathPrefix: '/', upstream: 'main' }],
  };
}

async function upstreamSaying(word: string): Promise<TestUpstream> {
  const upstream = await startUpstream((_request, response) => {
    setTimeout(() => response.end(word), 3);
  });
  stops.push(upstream.stop);
  return upstream;
}

async function gatewayWith(file: string): Promise<TestGateway> {
  const gateway = await startGateway({ CONFIG_FILE: file });
  stops.push(gateway.stop);
  return gateway;
}

/** Asks over one kept connection until told to stop. */
function keepAsking(url: string): { answers: string[]; stop: () => void } {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const answers: string[] = [];
  let going = true;
  const ask = (): void => {
    if (!going) {
      agent.destroy();
      return;
    }
    const request = http.get(url, { agent, headers: { 'x-api-key': TEST_KEY } }, (answer) => {
      let body = '';
      answer.on('data', (piece: Buffer) => (body += piece.toString()));
      answer.once('end', () => {
        answers.push(answer.statusCode === 200 ? body : String(answer.statusCode));
        ask();
      });
    });
    request.once('error', (error) => {
      answers.push(error.message);
      ask();
    });
  };
  ask();
  return { answers, stop: () => (going = false) };
}

const connections = (upstream: TestUpstream): Promise<number> =>
  new Promise((resolve) => upstream.server.getConnections((_error, count) => resolve(count)));

describe('a reload under load', { timeout: SLOW }, () => {
  it('drops no request, closes the connections of before, refuses what is wrong', async () => {
    const [one, two] = [await upstreamSaying('one'), await upstreamSaying('two')];
    const { file, write } = configFile(documentFor(one));
    const gateway = await gatewayWith(file);
    const clients = Array.from({ length: 20 }, () => keepAsking(`${gateway.url}/x`));
    const said = (word: string): (() => boolean) => {
      const before = clients.map(({ answers }) => answers.length);
      return () => clients.every(({ answers }, at) => answers.indexOf(word, before[at]) >= 0);
    };
    await expect.poll(said('one'), SOON).toBe(true);
    for (const next of [two, one, two]) {
      write(documentFor(next));
      await expect.poll(said(next === one ? 'one' : 'two'), SOON).toBe(true);
    }
    write({ ...documentFor(one), routes: [{ id: 'all', pathPrefix: '/', upstream: 'nope' }] });
    await expect.poll(gateway.log, SOON).toContain('routes[0].upstream names no upstream');
    write('{ "format": 1,\n ]');
    await expect.poll(gateway.log, SOON).toContain('is not valid JSON at line 2');
    await expect.poll(said('two'), SOON).toBe(true);
    for (const client of clients) client.stop();
    expect(new Set(clients.flatMap(({ answers }) => answers))).toEqual(new Set(['one', 'two']));
    await expect.poll(() => connections(one), SOON).toBe(0);
    expect(gateway.log()).toContain('"code":"CONFIG_REFUSED"');
  });

  it('does not touch an answer that is under way', async () => {
    let finish: () => void = () => undefined;
    const slow = await startUpstream((_request, response) => {
      response.write('begin ');
      finish = () => response.end('end');
    });
    stops.push(slow.stop);
    const other = await upstreamSaying('other');
    const { file, write } = configFile(documentFor(slow));
    const gateway = await gatewayWith(file);
    const headers = { 'x-api-key': TEST_KEY };
    const answer = await fetch(`${gateway.url}/x`, { headers });
    write(documentFor(other));
    await expect.poll(gateway.log, SOON).toContain('Configuration applied');
    expect(await (await fetch(`${gateway.url}/x`, { headers })).text()).toBe('other');
    finish();
    expect(await answer.text()).toBe('begin end');
  });
});

describe('routes of a document', { timeout: SLOW }, () => {
  it('decide upstream, path, methods, scopes, limits, body size and CORS', async () => {
    const [api, docs] = [await upstreamSaying('api'), await upstreamSaying('docs')];
    const { file } = configFile({
      format: 1,
      upstreams: {
        api: { targets: [{ url: `${api.url}/base` }] },
        docs: { targets: [{ url: docs.url }] },
      },
      limits: [{ kind: 'exact', id: 'one-only', limit: 1, windowSeconds: 60 }],
      routes: [
        { id: 'api', pathPrefix: '/api', upstream: 'api', stripPrefix: true, bodyLimitBytes: 4 },
        { id: 'docs', pathPrefix: '/api/docs', upstream: 'docs', methods: ['GET'] },
        { id: 'scoped', pathPrefix: '/scoped', upstream: 'api', auth: { scopes: ['a:b'] } },
        { id: 'limited', pathPrefix: '/limited', upstream: 'api', limits: ['one-only'] },
        { id: 'open', pathPrefix: '/open', upstream: 'api', allowGetBody: true },
        { id: 'web', pathPrefix: '/web', upstream: 'api', cors: { origins: ['https://a.test'] } },
      ],
    });
    const gateway = await gatewayWith(file);
    const ask = (target: string, init: RequestInit = {}): Promise<Response> =>
      fetch(`${gateway.url}${target}`, {
        ...init,
        headers: { 'x-api-key': TEST_KEY, ...(init.headers as Record<string, string>) },
      });
    expect(await (await ask('/api/x?q=1')).text()).toBe('api');
    expect(api.requests.at(-1)?.url).toBe('/base/x?q=1');
    expect(await (await ask('/api/docs/y')).text()).toBe('docs');
    expect(docs.requests.at(-1)?.url).toBe('/api/docs/y');
    expect((await ask('/api', { method: 'POST', body: '12345' })).status).toBe(413);
    const wrongMethod = await ask('/api/docs', { method: 'DELETE' });
    expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'GET']);
    expect((await ask('/nowhere')).status).toBe(404);
    expect((await fetch(`${gateway.url}/nowhere`)).status).toBe(401);
    const denied = await ask('/scoped');
    expect([denied.status, await denied.text()]).toEqual([403, expect.stringContaining('a:b')]);
    expect([(await ask('/limited')).status, (await ask('/limited')).status]).toEqual([200, 429]);
    const browser = await ask('/web', { headers: { origin: 'https://a.test' } });
    expect(browser.headers.get('access-control-allow-origin')).toBe('https://a.test');
    const elsewhere = await ask('/api', { headers: { origin: 'https://a.test' } });
    expect(elsewhere.headers.get('access-control-allow-origin')).toBeNull();
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/http_route="docs"/);
    expect(metrics).toMatch(/gateway_upstream_up\{upstream="docs"\} 1/);
  });

  it('keep the start from happening when they are wrong, naming the field', async () => {
    const { file } = configFile({ format: 1, upstreams: {}, routes: [] });
    await expect(startGateway({ CONFIG_FILE: file })).rejects.toMatchObject({
      code: 'ROUTES_INVALID',
      message: expect.stringContaining('routes') as unknown,
    });
    await expect(startGateway({ CONFIG_FILE: `${file}.missing` })).rejects.toThrow('ENOENT');
    const metadata = { UPSTREAM_URL: 'http://169.254.169.254/latest' };
    await expect(startGateway(metadata)).rejects.toThrow('upstreams.backend.targets[0].url');
  });
});

describe('OPTIONS with Max-Forwards', { timeout: SLOW }, () => {
  it('ends here at 0 and goes on with one less', async () => {
    const upstream = await upstreamSaying('x');
    const gateway = await startGateway({ UPSTREAM_URL: upstream.url });
    stops.push(gateway.stop);
    const ask = (hops: string): Promise<Response> =>
      fetch(`${gateway.url}/x`, {
        method: 'OPTIONS',
        headers: { 'x-api-key': TEST_KEY, 'max-forwards': hops },
      });
    const own = await ask('0');
    expect([own.status, own.headers.get('allow')]).toEqual([204, expect.stringContaining('GET')]);
    expect(upstream.requests).toHaveLength(0);
    expect((await ask('5')).status).toBe(200);
    expect(upstream.requests[0]?.headers['max-forwards']).toBe('4');
    await ask('x');
    expect(upstream.requests[1]?.headers['max-forwards']).toBeUndefined();
  });
});
