import type { RouteDoc } from '@omni/kit/api-docs/route-doc.ts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Analyst } from '../analysis/analyst.ts';
import { analyse, analysisRefusals } from './analyse.ts';
import { badRequest, readBody } from './read-body.ts';

const MAX_LINES = 20_000;
const BODY_LIMIT = 16 * 1024 * 1024;

const line = z.union([
  z.string().max(16_384),
  z.object({ text: z.string().max(16_384), time: z.iso.datetime({ offset: true }).optional() }),
]);
const clustersRequest = z.object({
  lines: z.array(line).min(1).max(MAX_LINES),
  split_at: z.iso.datetime({ offset: true }).optional().meta({
    description: 'Time of a deploy: tells what is new since then and what got more frequent',
  }),
  similarity: z.number().min(0.1).max(1).default(0.5),
  limit: z.int().min(1).max(1_000).default(100),
});

const cluster = z.object({
  template: z.string(),
  count: z.int(),
  before: z.int(),
  after: z.int(),
  is_new: z.boolean(),
  change: z.number().nullable().meta({ description: 'Rate after the split over rate before' }),
  first_time: z.iso.datetime().nullable(),
  last_time: z.iso.datetime().nullable(),
  samples: z.array(z.string()),
});
const clustersResponse = z.object({
  clusters: z.array(cluster),
  total: z.int().meta({ description: 'Clusters found, also those beyond `limit`' }),
});

const deploy = '2026-01-10T12:00:00Z';
const doc: RouteDoc = {
  tag: 'Logs',
  summary: 'Group log lines by template',
  description:
    'What broke after this deploy: lines that differ only in numbers, ids or addresses are one group. With `split_at` what is new since then comes first. Lines are not kept and not logged.',
  body: clustersRequest,
  responses: {
    200: { description: 'New ones first, then the most frequent', schema: clustersResponse },
    400: badRequest,
    ...analysisRefusals,
  },
  examples: [
    {
      name: 'Around a deploy',
      body: {
        split_at: deploy,
        lines: [
          { text: 'request 17 took 12 ms', time: '2026-01-10T11:59:00Z' },
          { text: 'request 18 took 9 ms', time: '2026-01-10T12:01:00Z' },
          { text: 'connection to 10.0.0.7:5432 refused', time: '2026-01-10T12:02:00Z' },
        ],
      },
      status: 200,
    },
    { name: 'No lines', body: { lines: [] }, status: 400 },
  ],
};

/** `POST /api/v1/ai/logs/cluster`. */
export function addLogClustersRoute(app: FastifyInstance, analyst: Analyst): void {
  app.post(
    '/api/v1/ai/logs/cluster',
    { config: { doc }, bodyLimit: BODY_LIMIT },
    async (request): Promise<z.infer<typeof clustersResponse>> => {
      const body = readBody(clustersRequest, request.body);
      const found = await analyse(analyst, 'clusterLogs', {
        lines: body.lines.map((each) =>
          typeof each === 'string' ? { text: each } : { text: each.text, time: toMs(each.time) },
        ),
        splitAt: toMs(body.split_at),
        similarity: body.similarity,
      });
      const clusters = found
        .slice(0, body.limit)
        .map(({ isNew, firstTime, lastTime, ...rest }) => ({
          ...rest,
          samples: [...rest.samples],
          is_new: isNew,
          first_time: toIso(firstTime),
          last_time: toIso(lastTime),
        }));
      return { clusters, total: found.length };
    },
  );
}

function toMs(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}

function toIso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
