import type { RevisionTemplate } from '../../../shared/domain/revision.ts';

/** Source of a service that does what its environment says; `/say/N` writes N lines to its log. */
export const TINY_SERVICE = `
import http from 'node:http';

const { PORT, HOST, K_REVISION, FAIL, SLOW_MS } = process.env;
if (FAIL) {
  console.error('refusing to start: ' + FAIL);
  process.exit(3);
}
let said = 0;
const readyAt = Date.now() + Number(SLOW_MS ?? 0);
const server = http.createServer((request, response) => {
  const ready = Date.now() >= readyAt;
  const lines = Number(/^\\/say\\/(\\d+)$/.exec(request.url)?.[1] ?? 0);
  for (let n = 0; n < lines; n += 1) console.log('said ' + (said += 1));
  response.writeHead(ready ? 200 : 503, { 'x-omni-revision': K_REVISION });
  response.end('# TYPE tiny_up gauge\\ntiny_up 1\\n');
});
server.listen(Number(PORT), HOST, () => console.log('tiny service of ' + K_REVISION + ' listens'));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;

/** A template that runs an image of it. */
export function tinyTemplate(image: string): RevisionTemplate {
  return {
    image,
    env: [{ name: 'SHARED', secret: 'sample-traffic-key', version: 'latest' }],
    port: 8080,
    cpu: 1,
    memoryMib: 512,
    minInstances: 0,
    maxInstances: 2,
    concurrency: 80,
    timeoutSeconds: 300,
    startupProbe: { path: '/ready', periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 5 },
  };
}
