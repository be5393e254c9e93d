import http from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { startUpstream, TEST_KEY } from './test-rig.ts';
import { failingGateway, startGatewayProcess } from './test-process.ts';
import type { GatewayProcess } from './test-process.ts';

/** Polling ends as soon as it is true; a busy machine may take a while. */
const SOON = { timeout: 10_000 };

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A gateway process that is gone after the test, whatever the test came to. */
async function startedFor(env: Record<string, string>): Promise<GatewayProcess> {
  const gateway = await startGatewayProcess(env);
  stops.push(() => gateway.stop('SIGKILL'));
  return gateway;
}

/** Sends requests one after the other over one connection until told to stop. */
function keepAsking(url: string, agent: http.Agent): { results: string[]; stop: () => void } {
  const results: string[] = [];
  let going = true;
  const ask = (): void => {
    if (!going) return;
    const request = http.get(url, { agent, headers: { 'x-api-key': TEST_KEY } }, (answer) => {
      answer.resume();
      answer.once('end', () => {
        results.push(String(answer.statusCode));
        ask();
      });
    });
    request.once('error', (error: NodeJS.ErrnoException) => {
      // Refused means that the listener is gone: nothing was accepted and lost.
      if (error.code !== 'ECONNREFUSED') results.push(error.code ?? error.message);
    });
  };
  ask();
  return { results, stop: () => (going = false) };
}

describe('the gateway as a process', () => {
  it('fails no request when it is stopped under load, and exits 0', async () => {
    const upstream = await startUpstream((_request, response) => {
      setTimeout(() => response.end('ok'), 5);
    });
    stops.push(upstream.stop);
    const gateway = await startedFor({ UPSTREAM_URL: upstream.url, API_KEYS: TEST_KEY });
    const agents = Array.from({ length: 8 }, () => new http.Agent({ keepAlive: true }));
    const clients = agents.map((agent) => keepAsking(`${gateway.url}/api/x`, agent));
    await expect.poll(() => clients.every(({ results }) => results.length > 5), SOON).toBe(true);
    const code = await gateway.stop();
    for (const client of clients) client.stop();
    for (const agent of agents) agent.destroy();
    expect(new Set(clients.flatMap(({ results }) => results))).toEqual(new Set(['200']));
    expect(code).toBe(0);
    expect(gateway.output()).toContain('"message":"Stopped"');
  });

  it('finishes a long answer before it exits', async () => {
    let finish: () => void = () => undefined;
    const upstream = await startUpstream((_request, response) => {
      response.write('first ');
      finish = () => response.end('last');
    });
    stops.push(upstream.stop);
    const gateway = await startedFor({ UPSTREAM_URL: upstream.url, API_KEYS: TEST_KEY });
    const answer = await fetch(`${gateway.url}/long`, { headers: { 'x-api-key': TEST_KEY } });
    const exited = gateway.stop();
    await expect.poll(gateway.output, SOON).toContain('"message":"Stopping"');
    finish();
    expect(await answer.text()).toBe('first last');
    expect(await exited).toBe(0);
  });

  it('exits at once when the same signal comes again', async () => {
    const upstream = await startUpstream((_request, response) => response.write('never ends'));
    stops.push(upstream.stop);
    const gateway = await startedFor({ UPSTREAM_URL: upstream.url, API_KEYS: TEST_KEY });
    const answer = await fetch(`${gateway.url}/x`, { headers: { 'x-api-key': TEST_KEY } });
    const exited = gateway.stop();
    await expect.poll(gateway.output, SOON).toContain('"message":"Stopping"');
    gateway.child.kill('SIGTERM');
    expect(await exited).toBe(1);
    await expect(answer.text()).rejects.toThrow();
  });
});

describe('a start that fails', () => {
  it('names every wrong variable in one line', async () => {
    const { code, line } = await failingGateway({ PORT: 'http', API_KEYS: 'do-not-print-me' });
    expect(code).toBe(1);
    expect(line).toMatchObject({ severity: 'CRITICAL', code: 'CONFIG_INVALID' });
    expect(line['message']).toContain('UPSTREAM_URL is missing (example: http://127.0.0.1:8080)');
    expect(line['message']).toContain('PORT');
    expect(JSON.stringify(line)).not.toContain('do-not-print-me');
  });

  it('refuses a store without peppers', async () => {
    const { code, line } = await failingGateway({
      UPSTREAM_URL: 'http://127.0.0.1:1',
      DATABASE_URL: 'postgres://omni:hunter2@127.0.0.1:1/x',
    });
    expect([code, line['code']]).toEqual([1, 'KEY_PEPPERS_MISSING']);
    expect(JSON.stringify(line)).not.toContain('hunter2');
  });

  it('says that the port is taken', async () => {
    const upstream = await startUpstream((_request, response) => response.end());
    stops.push(upstream.stop);
    const { port } = new URL(upstream.url);
    const { code, line } = await failingGateway({ UPSTREAM_URL: upstream.url, PORT: port });
    expect([code, line['code']]).toEqual([1, 'LISTEN_FAILED']);
    expect(line['next_step']).toContain('PORT');
  });
});
