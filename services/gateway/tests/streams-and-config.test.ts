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
const EXPIRES_IN_MS = 1_000;
const EXPIRED_WITHIN = { timeout: EXPIRES_IN_MS + REVOKED_WITHIN.timeout, interval: 20 };
const CLOSE_1008 = '\x88\x02\x03\xf0';

let postgres: TestPostgres;
let events: TestUpstream;
let sockets: WebSocketUpstream;
let first: TestGateway;
let second: TestGateway;

beforeAll(async () => {
  postgres = await startTestPostgres();
  events = await startUpstream(({ url }, response) => {
    const isLines = url === '/events/lines';
    const type = isLines ? 'application/x-ndjson' : 'text/event-stream';
    response.writeHead(200, { 'content-type': type });
    response.write(isLines ? '{}\n' : 'data: 1\n\n');
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
  await admin('PUT', '/config', { document: documentWith(sockets.url), comment: 'live' });
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

async function statusOfLive(gateway: TestGateway, secret: string): Promise<number> {
  return (await fetch(`${gateway.url}/live/x`, { headers: { 'x-api-key': secret } })).status;
}

describe('a configuration that was applied at one instance', { timeout: SLOW }, () => {
  it('is in force at the other one, and can be rolled back', async () => {
    const { secret } = await newKey();
    const liveAt = (gateway: TestGateway): Promise<number> => statusOfLive(gateway, secret);
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

/** Event streams and WebSockets of one secret, at both instances, all with their first bytes. */
interface LiveStreams {
  /** How each event stream ended; empty while it goes on. */
  events: () => string[];
  /** Whether each WebSocket was closed with 1008. */
  closed: () => boolean[];
  /** Whether the connection of each WebSocket has ended. */
  ended: () => boolean[];
  stop: () => void;
}

async function openStreams(secret: string): Promise<LiveStreams> {
  const gateways = [first, second];
  for (const gateway of gateways) {
    await expect.poll(() => statusOfLive(gateway, secret), SOON).toBe(200);
  }
  const streams = await Promise.all(gateways.map((gateway) => openEvents(gateway, secret)));
  const live = gateways.map(({ port }) => openSocket(port, { path: '/live', key: secret }));
  for (const { text } of streams) await expect.poll(text, SOON).toBe('data: 1\n\n');
  for (const { received } of live) await expect.poll(received, SOON).toContain('101 Switching');
  return {
    events: () => streams.map(({ ended }) => ended()),
    closed: () => live.map(({ received }) => received().endsWith(CLOSE_1008)),
    ended: () => live.map(({ ended }) => ended()),
    stop() {
      for (const { socket } of live) socket.destroy();
      for (const { stop } of streams) stop();
    },
  };
}

async function openEvents(
  gateway: TestGateway,
  secret: string,
  path = '/events',
): Promise<{ text: () => string; ended: () => string; stop: () => void }> {
  const leave = new AbortController();
  const { signal } = leave;
  const answer = await fetch(`${gateway.url}${path}`, {
    headers: { 'x-api-key': secret },
    signal,
  });
  let [text, ended] = ['', ''];
  const write = (piece: Uint8Array): void => {
    text += new TextDecoder().decode(piece);
  };
  answer.body?.pipeTo(new WritableStream({ write })).then(
    () => (ended = 'in order'),
    () => (ended = 'broken off'),
  );
  return { text: () => text, ended: () => ended, stop: () => leave.abort() };
}

async function expectEnded(streams: LiveStreams, within: typeof REVOKED_WITHIN): Promise<void> {
  await expect.poll(streams.events, within).toEqual(['in order', 'in order']);
  await expect.poll(streams.closed, within).toEqual([true, true]);
  await expect.poll(streams.ended, SOON).toEqual([true, true]);
}

function expectOpen(streams: LiveStreams): void {
  expect([streams.events(), streams.ended()]).toEqual([
    ['', ''],
    [false, false],
  ]);
}

describe('streams of a revoked key', { timeout: SLOW }, () => {
  it('end within a second on every instance: events in order, WebSockets with 1008', async () => {
    const { id, secret } = await newKey();
    const own = await openStreams(secret);
    const others = await openStreams((await newKey()).secret);
    expect((await admin('POST', `/keys/${id}/revoke`, { reason: 'leaked' })).status).toBe(200);
    await expectEnded(own, REVOKED_WITHIN);
    expectOpen(others);
    others.stop();
  });

  it('break off within a second where they are no event streams: nobody takes them for whole', async () => {
    const { id, secret } = await newKey();
    for (const gateway of [first, second]) {
      await expect.poll(() => statusOfLive(gateway, secret), SOON).toBe(200);
    }
    const lines = [first, second].map((gateway) => openEvents(gateway, secret, '/events/lines'));
    const open = await Promise.all(lines);
    for (const { text } of open) await expect.poll(text, SOON).toBe('{}\n');
    expect((await admin('POST', `/keys/${id}/revoke`, { reason: 'leaked' })).status).toBe(200);
    const ends = (): string[] => open.map(({ ended }) => ended());
    await expect.poll(ends, REVOKED_WITHIN).toEqual(['broken off', 'broken off']);
  });
});

describe('streams whose time is over', { timeout: SLOW }, () => {
  it('end within a second of the expiry of their key, which may be set while they are open', async () => {
    const { id, secret } = await newKey();
    const own = await openStreams(secret);
    const others = await openStreams((await newKey()).secret);
    const expiresAt = new Date(Date.now() + EXPIRES_IN_MS).toISOString();
    expect((await admin('PATCH', `/keys/${id}`, { expiresAt })).status).toBe(200);
    await expectEnded(own, EXPIRED_WITHIN);
    expectOpen(others);
    others.stop();
  });

  it('end with a secret that was rotated away and retired; those of the new one go on', async () => {
    const { id, secret } = await newKey();
    const old = await openStreams(secret);
    const rotated = await admin('POST', `/keys/${id}/rotate`, { overlapSeconds: 3_600 });
    const next = await openStreams(createdKey.parse(await rotated.json()).secret);
    expectOpen(old);
    expect((await admin('POST', `/keys/${id}/retire-old`, {})).status).toBe(200);
    await expectEnded(old, REVOKED_WITHIN);
    expectOpen(next);
    next.stop();
  });
});
