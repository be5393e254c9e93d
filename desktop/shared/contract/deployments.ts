import { z } from 'zod';
import type { Plan } from '../domain/plan.ts';
import type { Revision, Service } from '../domain/revision.ts';
import { INGRESS } from '../domain/revision.ts';
import { mutate, read } from './procedure.ts';

const share = z.object({
  revision: z.string(),
  percent: z.number(),
  tag: z.string().nullable(),
});
const split = z.object({ shares: z.array(share), followsLatest: z.boolean() });

const service: z.ZodType<Service, Service> = z.object({
  id: z.string(),
  uri: z.string(),
  latestCreatedRevision: z.string().nullable(),
  latestReadyRevision: z.string().nullable(),
  traffic: split,
  serving: split,
  reconciling: z.boolean(),
  failure: z.string().nullable(),
  etag: z.string(),
  ingress: z.enum(INGRESS),
  public: z.boolean(),
  scaling: z.object({ min: z.number(), max: z.number().nullable() }),
});

const envEntry = z.union([
  z.object({ name: z.string(), value: z.string() }),
  z.object({ name: z.string(), secret: z.string(), version: z.string() }),
]);

const revision: z.ZodType<Revision, Revision> = z.object({
  name: z.string(),
  service: z.string(),
  state: z.enum(['starting', 'ready', 'failed', 'retired']),
  reason: z.string().nullable(),
  createdAt: z.string(),
  trafficPercent: z.number(),
  tags: z.array(z.string()),
  template: z.object({
    image: z.string(),
    env: z.array(envEntry),
    port: z.number(),
    cpu: z.number(),
    memoryMib: z.number(),
    minInstances: z.number(),
    maxInstances: z.number(),
    concurrency: z.number(),
    timeoutSeconds: z.number(),
    startupProbe: z.object({
      path: z.string(),
      periodSeconds: z.number(),
      timeoutSeconds: z.number(),
      failureThreshold: z.number(),
    }),
  }),
});

/** A revision as a row: with what it changed against the one before it. */
const revisionRow = z.object({ revision, changed: z.string() });
export type RevisionRow = z.infer<typeof revisionRow>;

const impact = z.enum(['none', 'traffic', 'revision', 'rebuild']);
const plan: z.ZodType<Plan, Plan> = z.object({
  kind: z.enum(['deploy', 'roll_back']),
  service: z.string(),
  question: z.string(),
  consequence: z.string(),
  currentLabel: z.string(),
  nextLabel: z.string(),
  rows: z.array(
    z.object({
      field: z.string(),
      current: z.string().nullable(),
      next: z.string().nullable(),
      change: z.enum(['same', 'changed', 'new', 'removed']),
      impact,
      secret: z.boolean(),
    }),
  ),
  checks: z.array(z.object({ title: z.string(), ok: z.boolean(), detail: z.string().nullable() })),
  impact,
  gcloud: z.string(),
});

/**
 * A wanted deploy: the service is built from its folder unless `build` is false (then the serving
 * image stays), and literal env variables are set (string) or removed (null). Secrets stay as they
 * are.
 */
const deployInput = z.object({
  service: z.string(),
  build: z.boolean().default(true),
  env: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'Letters, digits and _.'),
      z.string().nullable(),
    )
    .default({}),
});
export type DeployInput = z.infer<typeof deployInput>;

const rollBackInput = z.object({ service: z.string(), revision: z.string() });
const started = z.object({ operationId: z.string() });

export const deployments = {
  listServices: read.output(z.array(service)),
  /** Newest first. Literal values of secret-looking variables are masked. */
  listRevisions: read.input(z.object({ service: z.string() })).output(z.array(revisionRow)),
  planDeploy: read.input(deployInput).output(plan),
  planRollBack: read.input(rollBackInput).output(plan),
  /** Returns at once; follow the operation. */
  deploy: mutate.input(deployInput).output(started),
  rollBack: mutate
    .input(rollBackInput.extend({ reason: z.string().max(200).default('') }))
    .output(started),
  /** Lets the service follow its latest ready revision again after a rollback pinned it. */
  resumeLatest: mutate.input(z.object({ service: z.string() })).output(started),
};
