import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { createdKey } from '@omni/contracts/gateway-admin.ts';
import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, startUpstream } from '../src/test-rig.ts';
import type { TestGateway, TestUpstream } from '../src/test-rig.ts';
import { openSocket, startWebSocketUpstream } from '../src/websocket/test-websocket.ts';
import type { WebSocketUpstream } from '../src/websocket/test-websocket.ts';

/** Two instances on one real Postgres: what is changed at the first holds at the second. */
const TOKEN = 'a-token-for-the-administrator';
const SOON = { timeout: 20_000 };
/** Polls end as soon as they can; a machine that is busy with other tests takes its time. */
const SLOW = 120_000;
/** A busy machine may be late; the promise is one second, and a lost notice is found in 500 ms. */
const REVOKED_WITHIN = { timeout: 2_000, interval: 20 };
const CLOSE_1008 = '\x88\x02\x03\xf0';

let postgres: TestPostgres;
let events: TestUpstream;
let sockets: WebSocketUpstream;
let first: TestGateway;
let second: TestGateway;

beforeAll(async () => {
  postgres = await startTestPostgres();
  events = await startUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n');
  });
  sockets = await startWebSocketUpstream((socket: Duplex) => socket.resume());
  const env = {
    UPSTREAM_URL: events.url,
    DATABASE_URL: postgres.url,
    KEY_PEPPERS: `1:${Buffer.alloc(32, 1).toString('base64')}`,
    ADMIN_TOKEN: TOKEN,
  };
  first = await startGateway(env);
  second = await startGateway(env);
});
afterAll(async () => {
  await Promise.all([first.stop(), second.stop()]);
  await sockets.stop();
  await events.stop();
  await postgres.stop();
});

function admin(method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${first.url}/admin/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
      'if-match': '*',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function newKey(): Promise<{ id: string; secret: string }> {
  const answer = await admin('POST', '/keys', { name: 'streams' });
  const { key, secret } = createdKey.parse(await answer.json());
  return { id: key.id, secret };
}

const documentWith = (url: string): unknown => ({
  format: 1,
  upstreams: { events: { targets: [{ url: events.url }] }, live: { targets: [{ url }] } },
  routes: [
    { id: 'events', pathPrefix: '/events', upstream: 'events' },
    { id: 'live', pathPrefix: '/live', upstream: 'live' },
  ],
});

describe('a configuration that was applied at one instance', { timeout: SLOW }, () => {
  it('is in force at the other one, and can be rolled back', async () => {
    const applied = await admin('PUT', '/config', {
      document: documentWith(sockets.url),
      comment: 'live',
    });
    expect([applied.status, await applied.text()]).toEqual([200, expect.any(String)]);
    const { secret } = await newKey();
    const headers = { 'x-api-key': secret };
    const liveAt = async (gateway: TestGateway): Promise<number> =>
      (await fetch(`${gateway.url}/live/x`, { headers })).status;
    expect(await liveAt(first)).toBe(200);
    await expect.poll(() => liveAt(second), SOON).toBe(200);
    const wrong = await admin('PUT', '/config', { document: { format: 1 }, comment: '' });
    expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining('routes')]);
    const other = { format: 1, upstreams: { events: { targets: [{ url: events.url }] } } };
    const routes = [{ id: 'events', pathPrefix: '/events', upstream: 'events' }];
    await admin('PUT', '/config', { document: { ...other, routes }, comment: 'no live' });
    await expect.poll(() => liveAt(second), SOON).toBe(404);
    const back = await admin('POST', '/config/rollback', { version: 1, comment: 'was better' });
    expect(await back.json()).toMatchObject({ version: 3 });
    await expect.poll(() => liveAt(second), SOON).toBe(200);
  });
});

describe('streams of a revoked key', { timeout: SLOW }, () => {
  it('end within a second on every instance: events in order, WebSockets with 1008', async () => {
    const { id, secret } = await newKey();
    const bystander = await newKey();
    const streams: { text: () => string; ended: () => string }[] = [];
    for (const gateway of [first, second]) {
      const answer = await fetch(`${gateway.url}/events`, { headers: { 'x-api-key': secret } });
      let [text, ended] = ['', ''];
      answer.body
        ?.pipeTo(
          new WritableStream({
            write: (piece: Uint8Array) => void (text += new TextDecoder().decode(piece)),
          }),
        )
        .then(
          () => (ended = 'in order'),
          () => (ended = 'broken off'),
        );
      streams.push({ text: () => text, ended: () => ended });
    }
    const live = [first, second].map(({ port }) =>
      openSocket(port, { path: '/live', key: secret }),
    );
    const other = openSocket(second.port, { path: '/live', key: bystander.secret });
    for (const { text } of streams) await expect.poll(text, SOON).toBe('data: 1\n\n');
    for (const { received } of [...live, other]) {
      await expect.poll(received, SOON).toContain('101 Switching');
    }
    expect((await admin('POST', `/keys/${id}/revoke`, { reason: 'leaked' })).status).toBe(200);
    await expect
      .poll(() => streams.map(({ ended }) => ended()), REVOKED_WITHIN)
      .toEqual(['in order', 'in order']);
    await expect
      .poll(() => live.map((each) => each.received().endsWith(CLOSE_1008)), REVOKED_WITHIN)
      .toEqual([true, true]);
    await expect.poll(() => live.every(({ ended }) => ended()), SOON).toBe(true);
    expect(other.ended()).toBe(false);
    other.socket.destroy();
  });
});
