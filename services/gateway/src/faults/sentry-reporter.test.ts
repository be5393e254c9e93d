import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mintKey } from '../keys/key-format.ts';
import { createCleaner } from '../log/client-text.ts';
import { NO_UPSTREAM } from '../proxy/request-scope.ts';
import type { RequestScope } from '../proxy/request-scope.ts';
import { listen, startGateway } from '../test-rig.ts';
import { createFaultBudget } from './fault-budget.ts';
import { createSentryReporter } from './sentry-reporter.ts';

const SOON = { timeout: 10_000 };
const SECRET = 'S'.repeat(32);
const API_KEY = `omni_live_0123456789AB${SECRET}CRC123`;
const STATIC_KEY = 'static-key-of-the-environment';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Takes envelopes, as Sentry's ingest does. */
interface Ingest {
  dsn: string;
  paths: string[];
  headers: string[];
  envelopes: string[];
}

async function startIngest(): Promise<Ingest> {
  const ingest: Ingest = { dsn: '', paths: [], headers: [], envelopes: [] };
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      ingest.paths.push(request.url ?? '');
      ingest.headers.push(JSON.stringify(request.headers));
      ingest.envelopes.push(body);
      response.end('{}');
    });
  });
  const port = await listen(server);
  ingest.dsn = `http://public@127.0.0.1:${port}/42`;
  stops.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return ingest;
}

const event = z.object({
  level: z.string(),
  release: z.string(),
  tags: z.record(z.string(), z.string()),
  fingerprint: z.array(z.string()).optional(),
  exception: z.object({
    values: z.array(
      z.object({
        type: z.string(),
        value: z.string(),
        stacktrace: z
          .object({ frames: z.array(z.object({ filename: z.string().optional() })) })
          .optional(),
      }),
    ),
  }),
});

function eventsOf({ envelopes }: Ingest): z.output<typeof event>[] {
  return envelopes.map((envelope) => event.parse(JSON.parse(envelope.split('\n')[2] ?? '')));
}

/** A request that carries secrets wherever one can be. */
function scopeWith(fault: unknown): RequestScope {
  const headers = { 'x-api-key': API_KEY, cookie: `session=${SECRET}` };
  const scope = {
    request: { headers, url: `/a?key=${API_KEY}` },
    head: headers,
    requestId: 'request-0001',
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`,
    path: `/a/${API_KEY}`,
    route: '__unmatched__',
    method: 'GET',
    errorType: 'gateway_internal',
    upstreamStatus: NO_UPSTREAM,
    fault,
  };
  return scope as unknown as RequestScope;
}

async function reporter(): Promise<{
  ingest: Ingest;
  report: ReturnType<typeof createSentryReporter>;
}> {
  const ingest = await startIngest();
  const report = createSentryReporter({
    dsn: ingest.dsn,
    release: 'omni-gateway@1',
    service: 'gateway',
    revision: 'r1',
    clean: createCleaner([STATIC_KEY]),
  });
  return { ingest, report };
}

describe('reports to Sentry', () => {
  it('name the fault, its stack and where it happened, and no secret', async () => {
    const { ingest, report } = await reporter();
    const words = `no ${API_KEY} at postgres://u:${SECRET}@h/, Bearer ${SECRET}, ${STATIC_KEY}`;
    report.requestFailed(scopeWith(new TypeError(words)), 500);
    report.uncaught(new Error(`password=${SECRET}`));
    report.uncaught(`${API_KEY} thrown as text`);
    await report.close();
    const events = eventsOf(ingest);
    expect(events).toHaveLength(3);
    expect(events[0]).toMatchObject({
      level: 'error',
      release: 'omni-gateway@1',
      tags: { route: '__unmatched__', status: '500', request_id: 'request-0001', revision: 'r1' },
    });
    const [exception] = events[0]?.exception.values ?? [];
    expect(exception?.type).toBe('TypeError');
    expect(exception?.value).toContain('omni_live_0123456789AB…C123');
    expect(JSON.stringify(exception?.stacktrace)).toContain('sentry-reporter.test.ts');
    expect(events[1]?.level).toBe('fatal');
    expect(ingest.paths.every((path) => path.startsWith('/api/42/envelope/'))).toBe(true);
    const all = [...ingest.envelopes, ...ingest.headers].join('\n');
    for (const secret of [SECRET, STATIC_KEY]) expect(all).not.toContain(secret);
    for (const part of ['cookie', 'session', '?key', 'user-agent":"curl']) {
      expect(all).not.toContain(part);
    }
  });

  it('of an outage are five a minute, in one group', async () => {
    const { ingest, report } = await reporter();
    for (let i = 0; i < 100; i += 1) report.requestFailed(scopeWith(undefined), 503);
    await report.close();
    expect(eventsOf(ingest)).toHaveLength(5);
    expect(eventsOf(ingest)[0]?.fingerprint).toEqual(['gateway_internal']);
    expect(eventsOf(ingest)[0]?.exception.values[0]?.stacktrace).toBeUndefined();
  });

  it('come again in the next minute, for a bounded number of kinds', () => {
    let now = 0;
    const within = createFaultBudget(() => now);
    expect(Array.from({ length: 7 }, () => within('a')).filter(Boolean)).toHaveLength(5);
    now = 60_000;
    expect(within('a')).toBe(true);
    for (let i = 0; i < 1_000; i += 1) within(`kind ${i}`);
    expect(within('one more kind')).toBe(false);
  });

  it('come from a gateway whose SENTRY_DSN is set, about its own faults only', async () => {
    const ingest = await startIngest();
    const gateway = await startGateway({
      UPSTREAM_URL: 'http://127.0.0.1:9',
      DATABASE_URL: 'postgres://u:hunter2hunter2@127.0.0.1:9/x',
      KEY_PEPPERS: `1:${Buffer.from('p'.repeat(32)).toString('base64')}`,
      API_KEYS: STATIC_KEY,
      SENTRY_DSN: ingest.dsn,
    });
    stops.push(gateway.stop);
    await expect.poll(gateway.log, SOON).toContain('Faults are reported to Sentry');
    // The upstream's fault, the client's, and ours: the key store is away.
    await fetch(`${gateway.url}/a`, { headers: { 'x-api-key': STATIC_KEY } });
    await fetch(`${gateway.url}/a`);
    const { text: key } = mintKey('live');
    await fetch(`${gateway.url}/a?key=${STATIC_KEY}`, { headers: { 'x-api-key': key } });
    await expect.poll(() => ingest.envelopes.length, SOON).toBe(1);
    await gateway.stop();
    stops.pop();
    const all = [...ingest.envelopes, ...ingest.headers].join('\n');
    expect(all).not.toContain('upstream_');
    expect(all).not.toContain('client_');
    expect(all).not.toContain('hunter2');
    expect(all).not.toContain(STATIC_KEY);
    expect(eventsOf(ingest)[0]?.tags).toMatchObject({ error_type: 'gateway_keystore_stale' });
    expect(all).not.toContain(key.slice(22));
  });
});
