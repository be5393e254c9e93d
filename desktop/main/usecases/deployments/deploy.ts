import type { DeployInput } from '../../../shared/contract/deployments.ts';
import { assertNoCanary } from '../canary/command-canary.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { assertConsent } from './allowed.ts';
import { assertPinDecided } from './pinned-choice.ts';
import { assertPlanHolds } from './plan-outdated.ts';
import { asStackService } from './read-service.ts';
import { secretValues, writable } from './resume-deploy.ts';
import type { DeployOrder } from './run-deploy.ts';
import { runDeploy } from './run-deploy.ts';

/**
 * Queues the deploy of a service and returns at once; the operation tells the rest. Throws
 * SERVICE_NOT_FOUND, ROLLOUT_IN_PROGRESS, PLAN_OUTDATED, SERVICE_PINNED, TARGET_READ_ONLY, CANCELLED
 * and OPERATION_QUEUE_FULL.
 */
export async function deploy(
  core: Core,
  input: DeployInput & { readonly after?: string; readonly etag?: string | undefined },
): Promise<{ operationId: string }> {
  const service = asStackService(input.service);
  // The one that the operator sees now: another may be chosen while the question is open.
  const target = selectedTarget(core);
  assertNoCanary(core, { target: target.id, service });
  await assertPlanHolds(core.ports.session.provider, service, input.etag);
  await assertPinDecided(core, input);
  await assertConsent(core, target, {
    question: `Deploy ${service}?`,
    consequence:
      input.pinned === 'keep'
        ? 'A new revision is made and gets no traffic.'
        : 'A new revision gets all traffic once it is ready.',
  });
  const { build, env, secrets, settings, pinned, after = null } = input;
  const order: DeployOrder = { service, build, env, secrets, settings, pinned, after };
  const operation = await core.runner.start({
    kind: 'deploy',
    target: target.id,
    service,
    title: `Deploy ${service}`,
    order: writable(order),
    secrets: secretValues(order.env),
    steps: (run) => runDeploy(core, run, order),
  });
  return { operationId: operation.id };
}
