import { z } from 'zod';
import type { CanarySettings } from '../domain/canary-settings.ts';
import type { CanaryState } from '../domain/canary.ts';

const author = z.enum(['human', 'console']);

export const canarySettings: z.ZodType<CanarySettings, CanarySettings> = z.object({
  steps: z.array(z.number()),
  intervalSeconds: z.number(),
  dwellSeconds: z.number(),
  minSamples: z.number(),
  limits: z.object({
    maxErrorIncrease: z.number(),
    maxP95Ratio: z.number(),
    maxP99Ratio: z.number(),
  }),
  probes: z.object({ perSecond: z.number(), budget: z.number() }).nullable(),
});

const gate = z.object({
  id: z.enum(['samples', 'errors', 'p95', 'p99']),
  verdict: z.enum(['pass', 'fail', 'unsure', 'no_data']),
  stable: z.number().nullable(),
  canary: z.number().nullable(),
  value: z.number().nullable(),
  threshold: z.number(),
});

const evaluation = z.object({
  at: z.number(),
  percent: z.number(),
  windowSeconds: z.number(),
  samples: z.object({ stable: z.number(), canary: z.number() }),
  gates: z.array(gate),
  verdict: z.enum(['pass', 'hold', 'fail']),
  judgedBy: z.enum(['backend', 'console']),
  reasons: z.array(z.string()),
});

export const canary: z.ZodType<CanaryState, CanaryState> = z.object({
  revision: z.string(),
  stable: z.string(),
  settings: canarySettings,
  weightSet: z.number(),
  weightActual: z.number().nullable(),
  moving: z.object({ to: z.number(), by: author, reason: z.string() }).nullable(),
  stepSince: z.number().nullable(),
  windowSince: z.number().nullable(),
  hold: z.object({ by: author, reason: z.string(), since: z.number() }).nullable(),
  evaluations: z.array(evaluation),
  probesSent: z.number(),
  end: z
    .object({
      kind: z.enum(['promoted', 'aborted', 'superseded']),
      by: author,
      reason: z.string(),
      at: z.number(),
    })
    .nullable(),
});
