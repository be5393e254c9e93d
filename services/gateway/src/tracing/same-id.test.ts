import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { TestGateway } from '../test-rig.ts';
import { startGateway, startUpstream, TEST_KEY } from '../test-rig.ts';

const SOON = { timeout: 10_000 };
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Passed {
  gateway: TestGateway;
  answer: Response;
  upstream: IncomingHttpHeaders;
}

/** Sends one request and returns what the upstream got. */
async function pass(headers: Record<string, string>): Promise<Passed> {
  const upstream = await startUpstream((_request, response) => {
    response.setHeader('x-request-id', 'the upstream has its own');
    response.end('ok');
  });
  const gateway = await startGateway({ UPSTREAM_URL: upstream.url });
  stops.push(upstream.stop, gateway.stop);
  const answer = await fetch(`${gateway.url}/a`, {
    headers: { 'x-api-key': TEST_KEY, ...headers },
  });
  return { gateway, answer, upstream: upstream.requests[0]?.headers ?? {} };
}

describe('G21: one id from the client to the upstream', () => {
  it('is the client’s when it is well formed', async () => {
    const traceparent = `00-${TRACE}-${SPAN}-00`;
    const ids = { 'x-request-id': 'client.id-1', traceparent, tracestate: 'v=1' };
    const { gateway, answer, upstream } = await pass(ids);
    expect(upstream).toMatchObject(ids);
    expect(answer.headers.get('x-request-id')).toBe('client.id-1');
    await expect.poll(gateway.log, SOON).toContain('"request_id":"client.id-1"');
    expect(gateway.log()).toContain(`trace":"${TRACE}"`);
  });

  it('is a new one when the client’s is not, and the same everywhere', async () => {
    const { gateway, answer, upstream } = await pass({
      'x-request-id': 'bad id',
      traceparent: `00-${TRACE}-${SPAN}-zz`,
      tracestate: 'v=1',
    });
    const requestId = answer.headers.get('x-request-id') ?? '';
    expect(requestId).toMatch(/^[A-Za-z0-9._-]{8,64}$/);
    expect(upstream['x-request-id']).toBe(requestId);
    const [, traceId = ''] =
      /^00-([0-9a-f]{32})-[0-9a-f]{16}-00$/.exec(String(upstream['traceparent'])) ?? [];
    expect(traceId).toHaveLength(32);
    expect(traceId).not.toBe(TRACE);
    expect(upstream['tracestate']).toBeUndefined();
    await expect.poll(gateway.log, SOON).toContain(`"request_id":"${requestId}"`);
    expect(gateway.log()).toContain(`trace":"${traceId}"`);
  });

  it('is read from X-Cloud-Trace-Context, which ends here', async () => {
    const { upstream } = await pass({ 'x-cloud-trace-context': `${TRACE}/1;o=1` });
    expect(upstream['traceparent']).toBe(`00-${TRACE}-0000000000000001-01`);
    expect(upstream['x-cloud-trace-context']).toBeUndefined();
  });
});
