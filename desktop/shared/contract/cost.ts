import { z } from 'zod';
import type { CostReport } from '../domain/cost/cost-report.ts';
import { usageBasis } from './plan.ts';
import { read } from './procedure.ts';

const line = z.object({
  item: z.string(),
  unit: z.string(),
  units: z.number(),
  free: z.number(),
  price: z.number(),
  usd: z.number(),
});

const estimate = z.object({
  billing: z.enum(['request', 'instance']),
  monthlyUsd: z.number(),
  lines: z.array(line),
  formula: z.string(),
  usage: z.object({
    requestsPerMonth: z.number(),
    meanSeconds: z.number(),
    concurrency: z.number().nullable(),
  }),
});

const report: z.ZodType<CostReport, CostReport> = z.object({
  billed: z.boolean(),
  region: z.string(),
  tableDate: z.string(),
  isStale: z.boolean(),
  services: z.array(z.object({ service: z.string(), estimate, basis: usageBasis })),
  totalUsd: z.number(),
});

export const cost = {
  /** Monthly estimate of the deployed services, from list prices; never a bill. */
  estimate: read.output(report),
};
