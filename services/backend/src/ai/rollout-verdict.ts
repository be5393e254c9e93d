import { distributionFrom, distributionOf } from '@omni/contracts/rollout-verdict/distribution.ts';
import type { Distribution } from '@omni/contracts/rollout-verdict/distribution.ts';
import type { Arm } from '@omni/contracts/rollout-verdict/verdict.ts';
import type { RouteDoc } from '@omni/kit/api-docs/route-doc.ts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Analyst } from '../analysis/analyst.ts';
import { analyse, analysisRefusals } from './analyse.ts';
import { badRequest, readBody } from './read-body.ts';

const MAX_SAMPLES = 100_000;
const BODY_LIMIT = 8 * 1024 * 1024;

const histogram = z
  .object({
    bounds: z.array(z.number()).min(1).max(200).meta({
      description: 'Ascending upper bounds, as of a Prometheus histogram without +Inf',
    }),
    counts: z.array(z.number().min(0)).min(2).max(201).meta({
      description:
        'Requests of each bucket alone, not cumulative; one more than bounds: the last is above all',
    }),
  })
  .refine(({ bounds, counts }) => counts.length === bounds.length + 1, {
    error: 'counts must have one entry more than bounds',
    path: ['counts'],
  })
  .refine(({ bounds }) => bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] ?? bound)), {
    error: 'bounds must ascend',
    path: ['bounds'],
  });

const arm = z
  .object({
    requests: z.int().min(0),
    errors: z.int().min(0).default(0),
    latencies: z.array(z.number().min(0)).max(MAX_SAMPLES).optional(),
    histogram: histogram.optional(),
  })
  .refine(({ latencies, histogram: buckets }) => !(latencies && buckets), {
    error: 'give latencies or histogram, not both',
  })
  .refine(({ requests, errors }) => errors <= requests, {
    error: 'more errors than requests',
    path: ['errors'],
  })
  .meta({ description: 'What was seen of one revision in the window that both share' });

const verdictRequest = z.object({
  baseline: arm,
  canary: arm,
  alpha: z.number().gt(0).lt(0.5).default(0.05),
  min_samples: z.int().min(20).max(1_000_000).default(200),
  min_effect: z.number().min(0).max(10).default(0.05),
  min_error_increase: z.number().min(0).max(1).default(0.001),
  look: z
    .object({ index: z.int().min(1), of: z.int().min(1).max(100) })
    .refine(({ index, of }) => index <= of, { error: 'index is above of' })
    .default({ index: 1, of: 1 }),
});

const interval = z.object({ ratio: z.number(), low: z.number(), high: z.number() });
const verdictResponse = z.object({
  verdict: z.enum(['promote', 'hold', 'rollback']),
  reasons: z.array(z.string()),
  findings: z.array(
    z.object({
      test: z.enum(['all', 'tail', 'errors']),
      p_value: z.number(),
      alpha: z.number(),
      effect: z.number(),
      regression: z.boolean(),
    }),
  ),
  ratios: z.object({
    p50: z.number().nullable(),
    p95: z.number().nullable(),
    p99: interval.nullable(),
  }),
  samples: z.object({ baseline: z.int(), canary: z.int() }),
  needed: z.int(),
});

const healthy = { requests: 1_000, histogram: { bounds: [0.05, 0.1], counts: [900, 95, 5] } };
const doc: RouteDoc = {
  tag: 'Rollout',
  summary: 'Judge a canary against the stable revision',
  description:
    'Rank test over all latencies, exact test of the share above the pooled p98, exact test of the error rates; one-sided, with effect sizes. `hold` below `min_samples` requests of each. Give `look` when you ask several times during a rollout: each look spends its part of `alpha`.',
  body: verdictRequest,
  responses: {
    200: { description: 'The verdict with its reasons', schema: verdictResponse },
    400: badRequest,
    ...analysisRefusals,
  },
  examples: [
    { name: 'Alike', body: { baseline: healthy, canary: healthy }, status: 200 },
    {
      name: 'Five percent of requests fail',
      body: { baseline: healthy, canary: { ...healthy, errors: 50 } },
      status: 200,
    },
    { name: 'Silent canary', body: { baseline: healthy, canary: { requests: 0 } }, status: 200 },
    {
      name: 'More errors than requests',
      body: { baseline: healthy, canary: { requests: 1, errors: 2 } },
      status: 400,
    },
  ],
};

/** `POST /api/v1/ai/rollout/verdict`. */
export function addRolloutVerdictRoute(app: FastifyInstance, analyst: Analyst): void {
  app.post(
    '/api/v1/ai/rollout/verdict',
    { config: { doc }, bodyLimit: BODY_LIMIT },
    async (request): Promise<z.infer<typeof verdictResponse>> => {
      const body = readBody(verdictRequest, request.body);
      const { findings, ...verdict } = await analyse(analyst, 'verdict', {
        baseline: toArm(body.baseline),
        canary: toArm(body.canary),
        options: {
          alpha: body.alpha,
          minSamples: body.min_samples,
          minEffect: body.min_effect,
          minErrorIncrease: body.min_error_increase,
          look: body.look,
        },
      });
      return {
        ...verdict,
        reasons: [...verdict.reasons],
        findings: findings.map(({ pValue, ...finding }) => ({ ...finding, p_value: pValue })),
      };
    },
  );
}

function toArm({ requests, errors, latencies, histogram: buckets }: z.infer<typeof arm>): Arm {
  const latency =
    buckets === undefined ? distributionOf(latencies ?? []) : bucketDistribution(buckets);
  return { requests, errors, latency };
}

/** Each bucket stands at its upper bound; what is above all bounds, above the last one. */
function bucketDistribution({ bounds, counts }: z.infer<typeof histogram>): Distribution {
  const last = bounds.at(-1) ?? 0;
  const above = last + (last - (bounds.at(-2) ?? 0));
  return distributionFrom(counts.map((count, i) => [bounds[i] ?? above, count] as const));
}
