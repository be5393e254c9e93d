import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createdKey } from '@omni/contracts/gateway-admin.ts';
import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGatewayProcess } from '../src/test-process.ts';
import type { GatewayProcess } from '../src/test-process.ts';
import { listen, sendRaw, startUpstream } from '../src/test-rig.ts';
import type { TestUpstream } from '../src/test-rig.ts';

/** GS15: a secret goes through every route and every failure; then it is looked for everywhere. */

const SOON = { timeout: 15_000 };
const STATIC_KEY = 'canary-static-key-0123456789';
const ADMIN_TOKEN = 'canary-admin-token-0123456789';
const METRICS_TOKEN = 'canary-metrics-token-0123456789';
const PRINCIPAL_SECRET = 'canary-principal-secret-0123456789';
const PEPPER = Buffer.from('canary-pepper-of-the-key-store-0').toString('base64');
const COLLECTOR_TOKEN = 'canary-collector-token-0123456789';
const SESSION = 'canary-session-cookie-0123456789';

const stops: (() => unknown)[] = [];
let postgres: TestPostgres;
let upstream: TestUpstream;
/** What traces and fault reports brought to the outside. */
const exported: string[] = [];
let gateway: GatewayProcess;
/** Everything that clients got. */
const answers: string[] = [];
let storedKey = '';

beforeAll(async () => {
  postgres = await startTestPostgres();
  stops.push(postgres.stop);
  upstream = await startUpstream((request, response) => {
    if (request.url?.startsWith('/reset') === true) request.socket.destroy();
    else if (request.url?.startsWith('/garbage') === true) request.socket.end('nonsense\r\n\r\n');
    else response.end('ok');
  });
  stops.push(upstream.stop);
  const sink = createServer((request, response) => {
    request.on('data', (piece: Buffer) => exported.push(piece.toString()));
    request.on('end', () => response.end('{}'));
  });
  const sinkPort = await listen(sink);
  stops.push(() => {
    sink.closeAllConnections();
    sink.close();
  });
  gateway = await startGatewayProcess({
    UPSTREAM_URL: upstream.url,
    DATABASE_URL: postgres.url,
    KEY_PEPPERS: `1:${PEPPER}`,
    API_KEYS: STATIC_KEY,
    ADMIN_TOKEN,
    METRICS_TOKEN,
    PRINCIPAL_SECRET,
    ALLOWED_ORIGINS: 'https://app.example',
    BODY_LIMIT_BYTES: '1000',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sinkPort}`,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${COLLECTOR_TOKEN}`,
    SENTRY_DSN: `http://public@127.0.0.1:${sinkPort}/1`,
  });
  stops.push(() => gateway.stop());
});
afterAll(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const adminHeaders = (): Record<string, string> => ({
  authorization: `Bearer ${ADMIN_TOKEN}`,
  'content-type': 'application/json',
  'idempotency-key': randomUUID(),
});

/** The one answer that shows a secret; it is not among the searched ones. */
async function createKey(): Promise<string> {
  const answer = await fetch(`${gateway.url}/admin/v1/keys`, {
    method: 'POST',
    headers: adminHeaders(),
    body: JSON.stringify({ name: 'canary' }),
  });
  expect(answer.status).toBe(201);
  return createdKey.parse(await answer.json()).secret;
}

async function send(path: string, init: RequestInit = {}): Promise<number> {
  try {
    const answer = await fetch(gateway.url + path, init);
    answers.push(JSON.stringify([...answer.headers]), await answer.text());
    return answer.status;
  } catch {
    // A connection that broke off is a failure like the others: nothing was shown.
    return 0;
  }
}

const ROUTES = [
  '/api/health',
  '/api/v1/omni/summary',
  '/v1/embeddings',
  '/v1/models',
  '/api/docs',
  '/unknown',
  '/reset',
  '/garbage',
  '/health',
  '/health/ready',
  '/health/live',
  '/metrics',
];
/** Few requests each: the admin API limits what it takes. */
const ADMIN_ROUTES = ['/admin/v1/keys', '/admin/v1/audit', '/admin/v1/config'];

/** The same secret wherever a client can put one. */
async function sendEverywhere(route: string, secret: string): Promise<void> {
  const percent = secret.replaceAll(/[_-]/g, (char) => (char === '_' ? '%5F' : '%2D'));
  const headers = {
    'user-agent': `agent ${secret}`,
    cookie: `s=${SESSION}`,
    referer: `/${secret}`,
  };
  const credentials: Record<string, string>[] = [
    { 'x-api-key': secret },
    { authorization: `Bearer ${secret}` },
    { authorization: `Basic ${secret}` },
    { 'x-api-key': secret, authorization: 'Bearer other' },
    { 'x-api-key': `${secret}x` },
    {},
  ];
  for (const credential of credentials)
    await send(route, { headers: { ...headers, ...credential } });
  const key = { ...headers, 'x-api-key': secret };
  for (const path of [`?api_key=${secret}`, `/${secret}`, `/${percent}`, `/%2e%2e/${secret}`]) {
    await send(route + path, { headers: key });
  }
  await send(route, { method: 'POST', headers: key, body: secret });
  await send(route, { method: 'POST', headers: key, body: secret.repeat(100) });
  await send(route, {
    method: 'OPTIONS',
    headers: {
      ...key,
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
    },
  });
}

async function sendToAdmin(route: string, secret: string): Promise<void> {
  const agent = { 'user-agent': `agent ${secret}` };
  await send(route, { headers: { ...agent, 'x-api-key': secret } });
  await send(route, { headers: { ...agent, authorization: `Bearer ${secret}` } });
  await send(`${route}?key=${secret}`, { headers: { ...agent, ...adminHeaders() } });
  await send(`${route}/${secret}`, { headers: { ...agent, ...adminHeaders() } });
}

/** What fetch does not send: wrong framing, two hosts, absolute targets, upgrades, long heads. */
async function sendWrong(secret: string): Promise<void> {
  const port = Number(new URL(gateway.url).port);
  const key = `x-api-key: ${secret}\r\n`;
  for (const head of [
    `GET /a HTTP/1.1\r\nHost: ${secret}\r\nHost: b\r\n${key}`,
    `GET http://user:${secret}@b/${secret} HTTP/1.1\r\nHost: a\r\n${key}`,
    `POST /a HTTP/1.1\r\nHost: a\r\n${key}Transfer-Encoding: gzip, chunked\r\n`,
    `GET /${secret} HTTP/1.1\r\nHost: a\r\n${key}x: ${'a'.repeat(17_000)}\r\n`,
    `GET /${'a'.repeat(9_000)}${secret} HTTP/1.1\r\nHost: a\r\n${key}`,
    `${secret.replaceAll(/[^A-Z]/g, '') || 'X'} /a HTTP/1.1\r\nHost: a\r\n${key}`,
    `GET /ws?key=${secret} HTTP/1.1\r\nHost: a\r\n${key}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.from(secret).toString('base64').slice(0, 22)}==\r\n`,
    `TRACE /${secret} HTTP/1.1\r\nHost: a\r\n${key}`,
  ]) {
    answers.push(await sendRaw(port, `${head}Connection: close\r\n\r\n`, /\r\n\r\n/));
  }
}

async function metricsTexts(): Promise<string[]> {
  const texts = ['text/plain', 'application/openmetrics-text'].map(async (accept) => {
    const headers = { authorization: `Bearer ${METRICS_TOKEN}`, accept };
    return (await fetch(`${gateway.url}/metrics`, { headers })).text();
  });
  return Promise.all(texts);
}

/** Every row of every table, as text. */
async function databaseDump(): Promise<string> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const texts: string[] = [];
    for (const { name } of rows) {
      const table = await client.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
      texts.push(...table.rows.map(({ text }) => text));
    }
    return texts.join('\n');
  } finally {
    await client.end();
  }
}

describe('a secret', () => {
  it('that was sent through every route and failure is nowhere to be found', async () => {
    await expect.poll(gateway.output, SOON).toContain('Traces are exported');
    storedKey = await createKey();
    const id = storedKey.slice(10, 22);
    const secrets = [storedKey, STATIC_KEY];
    await Promise.all(
      ROUTES.flatMap((route) => secrets.map((secret) => sendEverywhere(route, secret))),
    );
    for (const route of ADMIN_ROUTES) {
      for (const secret of secrets) await sendToAdmin(route, secret);
    }
    for (const secret of [storedKey, STATIC_KEY, ADMIN_TOKEN]) await sendWrong(secret);
    await send('/admin/v1/keys', { headers: adminHeaders() });
    await send('/admin/v1/audit', { headers: adminHeaders() });
    const revoked = await send(`/admin/v1/keys/${id}/revoke`, {
      method: 'POST',
      headers: { ...adminHeaders(), 'if-match': '*' },
      body: JSON.stringify({ reason: `leaked as ${storedKey}` }),
    });
    expect(revoked, answers.at(-1)).toBe(200);
    await expect.poll(() => send('/a', { headers: { 'x-api-key': storedKey } }), SOON).toBe(401);
    const database = await databaseDump();
    // The stores go away: what could not be checked is a fault of ours, and reported.
    await postgres.stop();
    const stale = (): Promise<number> => send('/a', { headers: { 'x-api-key': storedKey } });
    await expect.poll(stale, { timeout: 30_000 }).toBe(503);
    await upstream.stop();
    expect(await send(`/a/${STATIC_KEY}`, { headers: { 'x-api-key': STATIC_KEY } })).toBe(503);
    const metrics = await metricsTexts();
    await gateway.stop();

    const log = gateway.output();
    const places = { log, metrics, exported, answers, database };
    for (const [place, found] of Object.entries(places)) {
      const text = JSON.stringify(found);
      expect(text.length, place).toBeGreaterThan(1_000);
      for (const secret of [
        storedKey.slice(22, 54),
        STATIC_KEY,
        ADMIN_TOKEN,
        METRICS_TOKEN,
        PRINCIPAL_SECRET,
        PEPPER,
        COLLECTOR_TOKEN,
        SESSION,
      ]) {
        const at = text.indexOf(secret);
        expect(at < 0 ? '' : text.slice(at - 200, at + 60), `${secret} in ${place}`).toBe('');
      }
    }
    // It was looked for in the right place: the same requests left their other marks.
    expect(log).toContain(`omni_live_${id}`);
    expect(exported.join('')).toContain('gateway_keystore_stale');
    expect(exported.join('')).toContain('url.path');
  }, 120_000);
});
