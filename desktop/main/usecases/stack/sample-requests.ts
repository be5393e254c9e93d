import type { ProbeRequest } from '../../ports/health-probe.ts';

const TIMEOUT_MS = 5_000;

interface Client {
  readonly gatewayUrl: string;
  readonly key: string;
}

function get({ gatewayUrl, key }: Client, path: string): ProbeRequest {
  const url = new URL(path, gatewayUrl).href;
  return { method: 'GET', url, headers: { 'x-api-key': key }, timeoutMs: TIMEOUT_MS };
}

function embed({ gatewayUrl, key }: Client): ProbeRequest {
  return {
    method: 'POST',
    url: new URL('/v1/embeddings', gatewayUrl).href,
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'all-minilm-l6-v2', input: 'How do I roll a service back?' }),
    timeoutMs: TIMEOUT_MS,
  };
}

/** What sample traffic mixes. No health route: those are kept out of the traffic figures. */
export function sampleRequests(client: Client): readonly ProbeRequest[] {
  return [get(client, '/api/v1/omni/summary'), embed(client), get(client, '/v1/models')];
}

/** What the end-to-end test sends: the requests that operators used to type after a deploy. */
export function testRequests(client: Client): readonly ProbeRequest[] {
  return [get(client, '/api/health'), get(client, '/api/v1/omni/summary'), embed(client)];
}
