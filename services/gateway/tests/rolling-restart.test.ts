import http from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { startGatewayProcess } from '../src/test-process.ts';
import type { GatewayProcess } from '../src/test-process.ts';
import { startUpstream, TEST_KEY } from '../src/test-rig.ts';
import { openSocket, startWebSocketUpstream } from '../src/websocket/test-websocket.ts';

const SOON = { timeout: 20_000 };
/** Processes start and stop here, on a machine that may be busy. */
const SLOW = 60_000;
const headers = { 'x-api-key': TEST_KEY };

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function gatewayFor(upstreamUrl: string): Promise<GatewayProcess> {
  const gateway = await startGatewayProcess({ UPSTREAM_URL: upstreamUrl, API_KEYS: TEST_KEY });
  stops.push(() => gateway.stop('SIGKILL'));
  return gateway;
}

interface Client {
  answers: string[];
  stop: () => void;
}

/** Asks over kept connections of the gateway that the balancer names now. */
function keepAsking(balancer: () => string): Client {
  const agent = new http.Agent({ keepAlive: true });
  const answers: string[] = [];
  let going = true;
  const ask = (): void => {
    if (!going) {
      agent.destroy();
      return;
    }
    const request = http.get(`${balancer()}/x`, { agent, headers }, (answer) => {
      answer.resume();
      answer.once('end', () => {
        answers.push(String(answer.statusCode));
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

describe('a rolling restart under load', () => {
  it('fails no request of sixty kept connections', { timeout: SLOW }, async () => {
    const upstream = await startUpstream((_request, response) => {
      setTimeout(() => response.end('ok'), 5);
    });
    stops.push(upstream.stop);
    let current = await gatewayFor(upstream.url);
    const clients = Array.from({ length: 60 }, () => keepAsking(() => current.url));
    const allWentOn = (): (() => boolean) => {
      const before = clients.map(({ answers }) => answers.length);
      return () => clients.every(({ answers }, at) => answers.length > (before[at] ?? 0) + 2);
    };
    await expect.poll(allWentOn(), SOON).toBe(true);
    const old = current;
    // As a balancer does: first the new one is there, then the old one is told to go.
    current = await gatewayFor(upstream.url);
    const exited = old.stop();
    await expect.poll(allWentOn(), SOON).toBe(true);
    expect(await exited).toBe(0);
    for (const client of clients) client.stop();
    const answers = clients.flatMap((client) => client.answers);
    expect(answers.length).toBeGreaterThan(300);
    expect(new Set(answers)).toEqual(new Set(['200']));
  });
});

describe('a stop with open streams', () => {
  it('ends them in order and exits 0 within 10 s', { timeout: SLOW }, async () => {
    const events = await startUpstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
    });
    stops.push(events.stop);
    const live = await startWebSocketUpstream((socket) => socket.resume());
    stops.push(live.stop);
    const [eventGateway, liveGateway] = await Promise.all([
      gatewayFor(events.url),
      gatewayFor(live.url),
    ]);
    const answer = await fetch(eventGateway.url, { headers });
    const socket = openSocket(Number(new URL(liveGateway.url).port));
    await expect.poll(socket.received, SOON).toContain('101 Switching');
    const startedAt = performance.now();
    const exits = Promise.all([eventGateway.stop(), liveGateway.stop()]);
    // Resolves only when the stream is complete: its last chunk was sent.
    expect(await answer.text()).toBe('data: 1\n\n');
    await expect.poll(socket.received, SOON).toContain('\x88\x02\x03\xe9');
    expect(await exits).toEqual([0, 0]);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
