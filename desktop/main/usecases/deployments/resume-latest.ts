import { servingRevision } from '../../../shared/domain/revision.ts';
import { DomainError } from '../../ports/domain-error.ts';
import { supersedeCanary } from '../canary/command-canary.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import type { OperationResult } from '../../../shared/domain/operation.ts';
import type { OperationRun } from '../operations/operation-run.ts';
import { assertConsent } from './allowed.ts';
import { moveTraffic } from './move-traffic.ts';
import { assertPlanHolds } from './plan-outdated.ts';

/**
 * Lets a service follow its latest ready revision again after a rollback pinned it. Throws
 * SERVICE_NOT_FOUND, REVISION_NOT_READY, PLAN_OUTDATED and what `rollBack` throws.
 */
export async function resumeLatest(
  core: Core,
  input: { readonly service: string; readonly etag?: string | undefined },
): Promise<{ operationId: string }> {
  const target = selectedTarget(core);
  const { latestReadyRevision } = await core.ports.session.provider.getService(input.service);
  const latest = latestReadyRevision ?? '';
  if (latest === '') throw nothingReady(input.service);
  await assertPlanHolds(core.ports.session.provider, input.service, input.etag);
  await assertConsent(core, target, {
    question: `Let ${input.service} follow its latest revision again?`,
    consequence: `All traffic moves to ${latest}.`,
  });
  const on = { target: target.id, service: input.service };
  await supersedeCanary(core, on, 'the operator let the service follow its latest revision');
  const operation = await core.runner.start({
    kind: 'roll_back',
    target: target.id,
    service: input.service,
    title: `Resume latest of ${input.service} (${latest})`,
    order: { service: input.service, latest: true },
    steps: (run) => runResumeLatest(core, run, input.service),
  });
  return { operationId: operation.id };
}

/** The steps of it; also of one that an earlier process began. */
export async function runResumeLatest(
  core: Core,
  run: OperationRun,
  id: string,
): Promise<OperationResult> {
  const service = await run.session.provider.getService(id);
  if (service.latestReadyRevision === null) throw nothingReady(id);
  const before = run.progress.before ?? {
    serving: servingRevision(service),
    followedLatest: service.traffic.followsLatest,
  };
  if (run.progress.before === null) await run.remember({ before });
  return moveTraffic(core, run, {
    service: id,
    revision: run.progress.revision ?? service.latestReadyRevision,
    previous: before.serving,
    wanted: { kind: 'latest' },
  });
}

function nothingReady(service: string): DomainError {
  return new DomainError({
    code: 'REVISION_NOT_READY',
    message: `${service} has no ready revision to follow.`,
    nextStep: 'Deploy it first.',
  });
}
