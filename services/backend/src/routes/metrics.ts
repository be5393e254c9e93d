import type { FastifyInstance } from 'fastify';
import type { RouteDoc } from '@omni/kit/api-docs/route-doc.ts';

const doc: RouteDoc = {
  tag: 'Operations',
  summary: 'Metrics in the Prometheus text format',
  responses: { 200: { description: 'Exposition', contentType: 'text/plain' } },
  examples: [{ name: 'Scrape', status: 200 }],
};

/** `GET /metrics`, open: it holds no input, no key and no address. */
export function addMetricsRoute(
  app: FastifyInstance,
  render: () => Promise<{ contentType: string; body: string }>,
): void {
  app.get('/metrics', { config: { access: 'open', doc } }, async (_request, reply) => {
    const { contentType, body } = await render();
    return reply.header('content-type', contentType).send(body);
  });
}
