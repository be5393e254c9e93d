import type { ProbeRequest } from '../../ports/health-probe.ts';

const TIMEOUT_MS = 5_000;

/** The documented requests of a client with a key: what sample traffic mixes and the test sends. */
export function sampleRequests(gatewayUrl: string, key: string): readonly ProbeRequest[] {
  const headers = { 'x-api-key': key };
  const at = (path: string): string => new URL(path, gatewayUrl).href;
  return [
    { method: 'GET', url: at('/api/v1/omni/summary'), headers, timeoutMs: TIMEOUT_MS },
    {
      method: 'POST',
      url: at('/v1/embeddings'),
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'all-minilm-l6-v2',
        input: 'How do I roll a service back?',
      }),
      timeoutMs: TIMEOUT_MS,
    },
    { method: 'GET', url: at('/api/health'), headers, timeoutMs: TIMEOUT_MS },
  ];
}
