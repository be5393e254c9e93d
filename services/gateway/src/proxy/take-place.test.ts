import http from 'node:http';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGateway, startUpstream, TEST_KEY } from '../test-rig.ts';
import type { TestGateway, TestUpstream } from '../test-rig.ts';

/** Polling ends as soon as it is true; a busy machine may take a while. */
const SOON = { timeout: 10_000, interval: 5 };
const OTHER_KEY = 'another-static-key';

let upstream: TestUpstream;
let gateway: TestGateway;
/** Answers that the upstream holds back. */
let held: ServerResponse[];
const clients: http.ClientRequest[] = [];
beforeEach(async () => {
  held = [];
  upstream = await startUpstream((request, response) => {
    if (request.url === '/now') {
      response.end('ok');
      return;
    }
    if (request.url === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    }
    held.push(response);
  });
  gateway = await startGateway({
    UPSTREAM_URL: upstream.url,
    API_KEYS: `${TEST_KEY},${OTHER_KEY}`,
    MAX_CONCURRENT_PER_KEY: '2',
    RATE_LIMIT_PER_MINUTE: '100',
  });
});
afterEach(async () => {
  // A gateway that stops waits for what is under way.
  for (const client of clients.splice(0)) client.destroy();
  await gateway.stop();
  await upstream.stop();
});

/** A request of which the answer is not waited for. */
function begin(path: string): http.ClientRequest {
  const request = http.get(`${gateway.url}${path}`, { headers: { 'x-api-key': TEST_KEY } });
  clients.push(request);
  request.on('response', (answer) => answer.resume());
  // A gateway that stops, or a client that leaves, ends it.
  request.on('error', () => undefined);
  return request;
}

const now = (key = TEST_KEY): Promise<Response> =>
  fetch(`${gateway.url}/now`, { headers: { 'x-api-key': key } });
const statusNow = async (): Promise<number> => (await now()).status;

describe('requests of one key under way', () => {
  it('are so many at most, streams among them; the next one costs nothing and reaches nobody', async () => {
    begin('/slow');
    await expect.poll(() => held.length, SOON).toBe(1);
    const events = begin('/events');
    await expect.poll(() => held.length, SOON).toBe(2);
    const before = upstream.requests.length;
    const refused = await now();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await refused.json()).toMatchObject({ code: 'too_many_concurrent' });
    expect(upstream.requests).toHaveLength(before);
    const other = await now(OTHER_KEY);
    expect([other.status, await other.text()]).toEqual([200, 'ok']);
    // A client that leaves makes room, and so does an answer that ends.
    events.destroy();
    await expect.poll(statusNow, SOON).toBe(200);
    const third = begin('/slow');
    await expect.poll(() => held.length, SOON).toBe(3);
    expect(await statusNow()).toBe(429);
    held[0]?.end();
    await expect.poll(statusNow, SOON).toBe(200);
    third.destroy();
    // Of a hundred a minute those that passed were paid, and none of those that were refused.
    const passed = upstream.requests.filter(({ headers }) => headers['x-forwarded-for']).length;
    const limit = (await now()).headers.get('ratelimit') ?? '';
    expect(limit).toMatch(new RegExp(`^"key";r=${100 - passed};`));
    await expect.poll(gateway.log, SOON).toContain('"reason":"concurrency"');
  });

  it('give their place back whatever they end with', async () => {
    const ends = ['/nothing%00', '/now', '/slow', '/events'];
    for (let round = 0; round < 5; round += 1) {
      for (const path of ends) {
        const request = begin(path);
        const isOver = new Promise((resolve) => request.once('close', resolve));
        if (path === '/slow' || path === '/events') {
          await expect.poll(() => held.length, SOON).toBe(1);
          held.pop();
          request.destroy();
        }
        await isOver;
      }
    }
    begin('/slow');
    await expect.poll(() => held.length, SOON).toBe(1);
    await expect.poll(statusNow, SOON).toBe(200);
  });
});
