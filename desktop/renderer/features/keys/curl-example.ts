/** How a client calls the gateway. The key is a variable, so that none is ever typed into a shell's history. */
export function curlExample(gatewayUrl: string | null): string {
  const base = (gatewayUrl ?? 'http://127.0.0.1:8081').replace(/\/+$/, '');
  return `curl -H "x-api-key: $API_KEY" ${base}/api/v1/omni/summary`;
}
