import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { TestGateway, TestUpstream } from '../test-rig.ts';
import { listen, startGateway, startUpstream, TEST_KEY } from '../test-rig.ts';

/** Spans leave once a second. */
const SOON = { timeout: 15_000 };
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const key = { 'x-api-key': TEST_KEY };

const attribute = z.object({
  key: z.string(),
  value: z.union([z.object({ stringValue: z.string() }), z.object({ intValue: z.string() })]),
});
const span = z.object({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: z.string().regex(/^\d{19}$/),
  endTimeUnixNano: z.string().regex(/^\d{19}$/),
  attributes: z.array(attribute),
  status: z.object({ code: z.number().optional() }),
});
const exported = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(
        z.object({ scope: z.object({ name: z.string() }), spans: z.array(span) }),
      ),
    }),
  ),
});
type Span = z.output<typeof span>;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Receiver {
  url: string;
  requests: IncomingMessage[];
  bodies: string[];
  /** Answers 503 while true. */
  refuse: boolean;
}

async function startReceiver(): Promise<Receiver> {
  const receiver: Receiver = { url: '', requests: [], bodies: [], refuse: false };
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      response.statusCode = receiver.refuse ? 503 : 200;
      response.end('{}');
      if (receiver.refuse) return;
      receiver.requests.push(request);
      receiver.bodies.push(body);
    });
  });
  receiver.url = `http://127.0.0.1:${await listen(server)}`;
  stops.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return receiver;
}

interface Rig {
  receiver: Receiver;
  upstream: TestUpstream;
  gateway: TestGateway;
  spans: () => Span[];
}

async function rig(env: Record<string, string> = {}): Promise<Rig> {
  const receiver = await startReceiver();
  const upstream = await startUpstream((request, response) => {
    response.statusCode = request.url?.startsWith('/broken') === true ? 500 : 200;
    response.end('ok');
  });
  const gateway = await startGateway({
    UPSTREAM_URL: upstream.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    ...env,
  });
  stops.push(upstream.stop, gateway.stop);
  await expect.poll(gateway.log, SOON).toContain('Traces are exported');
  const spans = (): Span[] =>
    receiver.bodies
      .flatMap((body) => exported.parse(JSON.parse(body)).resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap((scope) => scope.spans);
  return { receiver, upstream, gateway, spans };
}

function valueOf({ attributes }: Span, name: string): string | undefined {
  const value = attributes.find((each) => each.key === name)?.value;
  if (value === undefined) return undefined;
  return 'stringValue' in value ? value.stringValue : value.intValue;
}

describe('traces', () => {
  it('lead from the caller over the gateway to the upstream, with one id everywhere', async () => {
    const { receiver, upstream, gateway, spans } = await rig({
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector=a%20b',
      OTEL_SERVICE_NAME: 'edge',
    });
    const traceparent = `00-${TRACE}-${CALLER}-01`;
    const headers = { ...key, traceparent, tracestate: 'vendor=1' };
    const answer = await fetch(`${gateway.url}/api/x?q=private`, { headers });
    await expect.poll(spans, SOON).toHaveLength(2);
    const [server, client] = spans();
    if (server === undefined || client === undefined) throw new Error('No spans');
    expect(server).toMatchObject({ traceId: TRACE, parentSpanId: CALLER, kind: 2, status: {} });
    expect(client).toMatchObject({ traceId: TRACE, parentSpanId: server.spanId, kind: 3 });
    expect(valueOf(server, 'http.request.method')).toBe('GET');
    expect(valueOf(server, 'http.response.status_code')).toBe('200');
    expect(valueOf(server, 'url.path')).toBe('/api/x');
    expect(valueOf(server, 'omni.request_id')).toBe(answer.headers.get('x-request-id'));
    expect(valueOf(client, 'http.response.status_code')).toBe('200');
    const within =
      BigInt(client.startTimeUnixNano) >= BigInt(server.startTimeUnixNano) &&
      BigInt(client.endTimeUnixNano) <= BigInt(server.endTimeUnixNano);
    expect(within).toBe(true);
    const sent = upstream.requests[0]?.headers;
    expect(sent?.['traceparent']).toBe(`00-${TRACE}-${client.spanId}-01`);
    expect(sent?.['tracestate']).toBe('vendor=1');
    expect(gateway.log()).toContain(`"logging.googleapis.com/trace":"${TRACE}"`);
    expect(gateway.log()).toContain(`"logging.googleapis.com/spanId":"${server.spanId}"`);
    expect(receiver.requests[0]?.url).toBe('/v1/traces');
    expect(receiver.requests[0]?.headers['x-collector']).toBe('a b');
    expect(receiver.bodies.join('')).toContain('"service.name","value":{"stringValue":"edge"}');
    expect(receiver.bodies.join('')).not.toContain('private');
  });

  it('follow the caller: not sampled means no span and the same context upstream', async () => {
    const { upstream, gateway, spans } = await rig();
    const traceparent = `00-${TRACE}-${CALLER}-00`;
    await fetch(`${gateway.url}/api/x`, { headers: { ...key, traceparent } });
    await fetch(`${gateway.url}/broken`, { headers: key });
    await expect.poll(spans, SOON).toHaveLength(2);
    expect(upstream.requests[0]?.headers['traceparent']).toBe(traceparent);
    const [server, client] = spans();
    expect(server?.traceId).not.toBe(TRACE);
    expect(server?.parentSpanId).toBeUndefined();
    expect(server?.status.code).toBe(2);
    expect(client?.attributes).toContainEqual({
      key: 'error.type',
      value: { stringValue: '500' },
    });
  });

  it('begin here at the ratio that is asked for, none at 0', async () => {
    const { upstream, gateway, spans } = await rig({ OTEL_TRACES_SAMPLER_ARG: '0' });
    await fetch(`${gateway.url}/api/x`, { headers: key });
    expect(upstream.requests[0]?.headers['traceparent']).toMatch(/-00$/);
    const traceparent = `00-${TRACE}-${CALLER}-01`;
    await fetch(`${gateway.url}/api/x`, { headers: { ...key, traceparent } });
    await expect.poll(spans, SOON).toHaveLength(2);
    expect(spans().every(({ traceId }) => traceId === TRACE)).toBe(true);
  });

  it('are lost while the receiver refuses, and requests are not', async () => {
    const { receiver, gateway, spans } = await rig();
    receiver.refuse = true;
    expect((await fetch(`${gateway.url}/api/x`, { headers: key })).status).toBe(200);
    await expect.poll(gateway.log, SOON).toContain('TRACE_EXPORT_FAILED');
    receiver.refuse = false;
    await fetch(`${gateway.url}/api/x`, { headers: key });
    await expect.poll(spans, SOON).toHaveLength(2);
    await expect.poll(gateway.log, SOON).toContain('Traces are exported again');
  });

  it('that still wait are sent when the gateway stops', async () => {
    const { gateway, spans } = await rig();
    await fetch(`${gateway.url}/api/x`, { headers: key });
    await expect.poll(gateway.log, SOON).toContain('"message":"request"');
    await gateway.stop();
    stops.pop();
    expect(spans()).toHaveLength(2);
  });
});
