import { z } from 'zod';
import { canarySettings } from '../../../shared/contract/canary-state.ts';
import type { CanaryStart } from '../../../shared/contract/canary.ts';
import { canaryProblem } from '../../../shared/domain/canary-settings.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';
import { STACK_SERVICES } from '../../../shared/domain/stack.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { assertConsent } from '../deployments/allowed.ts';
import { assertPlanHolds } from '../deployments/plan-outdated.ts';
import { asStackService, pickRevision } from '../deployments/read-service.ts';
import { writable } from '../deployments/resume-deploy.ts';
import type { OperationSteps } from '../operations/operation-run.ts';
import { assertNoCanary } from './command-canary.ts';
import type { CanaryOrder } from './run-canary.ts';
import { runCanary } from './run-canary.ts';

/**
 * Queues a canary and returns at once. Throws INVALID_INPUT for settings that can't be used,
 * REVISION_NOT_READY, REVISION_NOT_FOUND, ROLLOUT_IN_PROGRESS, PLAN_OUTDATED, UNSUPPORTED,
 * TARGET_READ_ONLY and CANCELLED.
 */
export async function startCanary(
  core: Core,
  input: CanaryStart,
): Promise<{ operationId: string }> {
  const service = asStackService(input.service);
  const problem = canaryProblem(input.settings);
  if (problem !== null) throw invalid(problem);
  const target = selectedTarget(core);
  assertNoCanary(core, { target: target.id, service });
  await assertPlanHolds(core.ports.session.provider, service, input.etag);
  const order: CanaryOrder = { service, what: input.what, settings: input.settings };
  await assertStartable(core, order);
  const [first] = input.settings.steps;
  await assertConsent(core, target, {
    question: `Start a canary of ${service}?`,
    consequence: `It gets ${String(first ?? 0)} % of the traffic first, and more only while every gate passes.`,
  });
  const operation = await core.runner.start({
    kind: 'canary',
    target: target.id,
    service,
    title: titleOf(order),
    order: journalled(order),
    steps: (run) => runCanary(core, run, order),
  });
  return { operationId: operation.id };
}

async function assertStartable(core: Core, { service, what }: CanaryOrder): Promise<void> {
  const { provider } = core.ports.session;
  if (!provider.capabilities().trafficSplit) throw noSplit();
  const found = await provider.getService(service);
  if (what.kind === 'deploy') return;
  const revision = pickRevision(await provider.listRevisions(service), what.revision);
  if (revision.state !== 'ready' && revision.state !== 'retired') {
    throw notReady(revision.name, revision.reason ?? `it is ${revision.state}`);
  }
  if (revision.name === servingRevision(found)) throw invalid(`${revision.name} serves already.`);
}

function titleOf({ service, what }: CanaryOrder): string {
  return what.kind === 'deploy' ? `Canary of ${service}` : `Canary of ${service}: ${what.revision}`;
}

const kept = z.object({
  service: z.enum(STACK_SERVICES),
  what: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('revision'), revision: z.string() }),
    z.object({
      kind: z.literal('deploy'),
      build: z.boolean(),
      env: z.record(z.string(), z.string().nullable()).nullable(),
    }),
  ]),
  settings: canarySettings,
});

/** Secret-looking values are never written down. */
function journalled(order: CanaryOrder): z.infer<typeof kept> {
  const { service, what, settings } = order;
  if (what.kind === 'revision') return { service, what, settings };
  const { build, env } = writable({ service, build: what.build, env: what.env, after: null });
  return { service, what: { kind: 'deploy', build, env }, settings };
}

/** Goes on with a canary that an earlier process began. */
export function resumeCanary(core: Core, order: unknown): OperationSteps | null {
  const { data } = kept.safeParse(order);
  return data === undefined ? null : (run) => runCanary(core, run, data);
}

function invalid(message: string): DomainError {
  return new DomainError({
    code: 'INVALID_INPUT',
    message,
    nextStep: 'Correct it and start again.',
  });
}

function noSplit(): DomainError {
  return new DomainError({
    code: 'UNSUPPORTED',
    message: 'This target can’t split traffic between revisions.',
    nextStep: 'Deploy without a canary.',
  });
}

function notReady(name: string, reason: string): DomainError {
  return new DomainError({
    code: 'REVISION_NOT_READY',
    message: `${name} can’t be a canary: ${reason}.`,
    nextStep: 'Choose a revision that is ready.',
  });
}
