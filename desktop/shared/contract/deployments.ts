import { z } from 'zod';
import type { DomainMapping } from '../domain/domain-mapping.ts';
import type { Revision, Service } from '../domain/revision.ts';
import { INGRESS } from '../domain/revision.ts';
import type { SecretReference } from '../domain/secret-reference.ts';
import {
  SECRET_NAME,
  SECRET_NAME_RULE,
  SECRET_VERSION,
  SECRET_VERSION_RULE,
} from '../domain/secret-reference.ts';
import { plan } from './plan.ts';
import { mutate, mutateAtOnce, read } from './procedure.ts';

const share = z.object({
  revision: z.string(),
  percent: z.number(),
  tag: z.string().nullable(),
});
const split = z.object({ shares: z.array(share), followsLatest: z.boolean() });

const scaling = z.object({
  min: z.number(),
  max: z.number().nullable(),
  manual: z.number().nullable(),
});

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
  scaling,
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

/** What an operator may set besides image and variables; what is absent stays as it is. */
export const deploySettings = z
  .object({
    cpu: z.number(),
    memoryMib: z.number(),
    minInstances: z.number(),
    maxInstances: z.number(),
    concurrency: z.number(),
    timeoutSeconds: z.number(),
    ingress: z.enum(INGRESS),
    public: z.boolean(),
    /** Of the whole service, over all its revisions. */
    scaling: scaling.partial(),
  })
  .partial();
export type DeploySettings = z.infer<typeof deploySettings>;

const domainMapping: z.ZodType<DomainMapping, DomainMapping> = z.object({
  domain: z.string(),
  state: z.enum(['ready', 'pending', 'failed']),
  reason: z.string().nullable(),
  waitsFor: z.enum(['certificate', 'route']).nullable(),
  records: z.array(z.object({ name: z.string(), type: z.string(), value: z.string() })),
});

/** A reference to a secret, as a deploy may set it. */
export const secretReference: z.ZodType<SecretReference, SecretReference> = z.object({
  secret: z.string().regex(SECRET_NAME, SECRET_NAME_RULE),
  version: z.string().regex(SECRET_VERSION, SECRET_VERSION_RULE),
});

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'Letters, digits and _.');

/** What becomes of a pin at a deploy. */
export const PIN_DECISIONS = ['keep', 'resume'] as const;

/** Version of the service that the confirmed plan was read at; absent when there was no plan. */
const etag = z.string().optional();

/**
 * A wanted deploy: the service is built from its folder unless `build` is false (then the serving
 * image stays), and literal env variables are set (string) or removed (null). `secrets` does the same
 * with references; a variable that becomes the other kind is removed as the one and set as the other.
 */
const deployInput = z.object({
  service: z.string(),
  build: z.boolean().default(true),
  env: z.record(variable, z.string().nullable()).default({}),
  secrets: z.record(variable, secretReference.nullable()).optional(),
  settings: deploySettings.optional(),
  /**
   * For a service whose traffic is pinned: `keep` makes the revision without giving it traffic,
   * `resume` lets the service follow its latest again. Such a deploy is refused without it.
   */
  pinned: z.enum(PIN_DECISIONS).optional(),
});
export type DeployInput = z.infer<typeof deployInput>;

const rollBackInput = z.object({ service: z.string(), revision: z.string() });
const serviceInput = z.object({ service: z.string() });
const trafficInput = z.object({ service: z.string(), shares: z.array(share) });
const started = z.object({ operationId: z.string() });

export const deployments = {
  listServices: read.output(z.array(service)),
  /** Newest first. Literal values of secret-looking variables are masked. */
  listRevisions: read.input(serviceInput).output(z.array(revisionRow)),
  /** Own domains in front of a service; null where the target has none. */
  listDomains: read.input(serviceInput).output(z.array(domainMapping).nullable()),
  planDeploy: read.input(deployInput).output(plan),
  planRollBack: read.input(rollBackInput).output(plan),
  planTraffic: read.input(trafficInput).output(plan),
  planResumeLatest: read.input(serviceInput).output(plan),
  /** Returns at once; follow the operation. With `etag`, only while the plan still holds. */
  deploy: mutate.input(deployInput.extend({ etag })).output(started),
  rollBack: mutateAtOnce
    .input(rollBackInput.extend({ etag, reason: z.string().max(200).default('') }))
    .output(started),
  /** Restores the exact split of before a rollback, until something else was done to the service. */
  undoRollBack: mutateAtOnce.input(z.object({ operationId: z.string() })).output(started),
  /** Lets the service follow its latest ready revision again after a rollback pinned it. */
  resumeLatest: mutate.input(serviceInput.extend({ etag })).output(started),
};
