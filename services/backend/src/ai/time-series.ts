import type { RouteDoc } from '@omni/kit/api-docs/route-doc.ts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Analyst } from '../analysis/analyst.ts';
import { analyse, analysisRefusals } from './analyse.ts';
import { badRequest, readBody } from './read-body.ts';

const MAX_VALUES = 5_000;
const MAX_HORIZON = 500;

const values = z
  .array(z.number().nullable())
  .min(3)
  .max(MAX_VALUES)
  .refine((list) => list.filter((value) => value !== null).length >= 3, {
    error: 'at least three values must be known',
  })
  .meta({ description: 'Evenly spaced, oldest first; null where nothing was measured' });
const period = z
  .int()
  .min(2)
  .max(MAX_VALUES)
  .optional()
  .meta({ description: 'Values after which things repeat: 1440 for a day of minutes' });

const forecastRequest = z.object({
  values,
  period,
  horizon: z.int().min(1).max(MAX_HORIZON).default(30),
  coverage: z.number().min(0.5).max(0.999).default(0.95),
});
const forecastResponse = z.object({
  model: z.string(),
  mean: z.array(z.number()),
  low: z.array(z.number()),
  high: z.array(z.number()),
});
const anomaliesRequest = z.object({
  values,
  period,
  threshold: z.number().min(2).max(100).default(6),
});
const anomaliesResponse = z.object({
  anomalies: z.array(
    z.object({ index: z.int(), value: z.number(), expected: z.number(), score: z.number() }),
  ),
});
const changesRequest = z.object({
  values,
  period,
  min_effect: z.number().min(0).max(100).default(0.05),
});
const changesResponse = z.object({
  changepoints: z.array(
    z.object({ index: z.int(), before: z.number(), after: z.number(), p_value: z.number() }),
  ),
});

const wave = Array.from({ length: 60 }, (_, i) => 100 + 10 * Math.sin(i / 4) + (i % 3));
const step = Array.from({ length: 60 }, (_, i) => (i < 30 ? 50 : 80) + (i % 5));

function docOf(
  theme: Pick<RouteDoc, 'summary' | 'description' | 'examples'> & { body: z.ZodType },
  answer: z.ZodType,
): RouteDoc {
  return {
    tag: 'Time series',
    ...theme,
    responses: {
      200: { description: 'What was found', schema: answer },
      400: badRequest,
      ...analysisRefusals,
    },
  };
}

const tooFew = { name: 'Too few values', body: { values: [1, null, null] }, status: 400 };
const forecastDoc = docOf(
  {
    summary: 'Foretell the next values with a band',
    description:
      'Exponential smoothing with damped trend and season as far as they pay; the band comes from simulated paths.',
    body: forecastRequest,
    examples: [{ name: 'A wave', body: { values: wave, horizon: 5 }, status: 200 }, tooFew],
  },
  forecastResponse,
);
const anomaliesDoc = docOf(
  {
    summary: 'Find single values that are far from usual',
    description: 'Distance from the running median (and the season) in robust spreads.',
    body: anomaliesRequest,
    examples: [
      {
        name: 'A spike',
        body: { values: [...wave.slice(0, 30), 400, ...wave.slice(31)] },
        status: 200,
      },
      tooFew,
    ],
  },
  anomaliesResponse,
);
const changesDoc = docOf(
  {
    summary: 'Find where the level changed to stay changed',
    description: 'Exact least squares segments, each confirmed by a rank test and its size.',
    body: changesRequest,
    examples: [{ name: 'A step', body: { values: step }, status: 200 }, tooFew],
  },
  changesResponse,
);

/** `POST /api/v1/ai/timeseries/{forecast,anomalies,changepoints}`. */
export function addTimeSeriesRoutes(app: FastifyInstance, analyst: Analyst): void {
  app.post(
    '/api/v1/ai/timeseries/forecast',
    { config: { doc: forecastDoc } },
    async (request): Promise<z.infer<typeof forecastResponse>> => {
      const found = await analyse(analyst, 'forecast', readBody(forecastRequest, request.body));
      return {
        model: found.model,
        mean: [...found.mean],
        low: [...found.low],
        high: [...found.high],
      };
    },
  );
  app.post(
    '/api/v1/ai/timeseries/anomalies',
    { config: { doc: anomaliesDoc } },
    async (request): Promise<z.infer<typeof anomaliesResponse>> => ({
      anomalies: await analyse(analyst, 'findAnomalies', readBody(anomaliesRequest, request.body)),
    }),
  );
  app.post(
    '/api/v1/ai/timeseries/changepoints',
    { config: { doc: changesDoc } },
    async (request): Promise<z.infer<typeof changesResponse>> => {
      const { min_effect: minEffect, ...series } = readBody(changesRequest, request.body);
      const found = await analyse(analyst, 'findChangePoints', { ...series, minEffect });
      return {
        changepoints: found.map(({ pValue, ...point }) => ({ ...point, p_value: pValue })),
      };
    },
  );
}
