import { z } from 'zod';
import type { CostDelta, UsageBasis } from '../domain/cost/cost-report.ts';
import { CHANGE_GROUPS, IMPACTS } from '../domain/diff.ts';
import type { Plan } from '../domain/plan.ts';
import { PLAN_KINDS } from '../domain/plan.ts';

export const usageBasis: z.ZodType<UsageBasis, UsageBasis> = z.object({
  source: z.enum(['measured', 'assumed']),
  words: z.string(),
});

const costDelta: z.ZodType<CostDelta, CostDelta> = z.object({
  billed: z.boolean(),
  currentUsd: z.number().nullable(),
  nextUsd: z.number(),
  tableDate: z.string(),
  isStale: z.boolean(),
  basis: usageBasis,
});

const impact = z.enum(IMPACTS);

/** A plan as it crosses: for display only, and never with a secret value. */
export const plan: z.ZodType<Plan, Plan> = z.object({
  kind: z.enum(PLAN_KINDS),
  service: z.string(),
  etag: z.string(),
  question: z.string(),
  consequence: z.string(),
  currentLabel: z.string(),
  nextLabel: z.string(),
  rows: z.array(
    z.object({
      group: z.enum(CHANGE_GROUPS),
      field: z.string(),
      current: z.string().nullable(),
      next: z.string().nullable(),
      change: z.enum(['same', 'changed', 'new', 'removed']),
      impact,
      secret: z.boolean(),
    }),
  ),
  checks: z.array(
    z.object({
      title: z.string(),
      ok: z.boolean(),
      detail: z.string().nullable(),
      unknown: z.boolean().optional(),
    }),
  ),
  impact,
  gcloud: z.string(),
  pin: z.object({ revision: z.string(), latest: z.string().nullable() }).nullable(),
  access: z.object({ suggested: z.boolean() }).nullable(),
  cost: costDelta.nullable(),
});
