import { z } from 'zod';
import { STACK_SERVICES } from '../../../shared/domain/stack.ts';
import { assertNoCanary } from '../canary/command-canary.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { assertConsent } from '../deployments/allowed.ts';
import type { OperationSteps } from '../operations/operation-run.ts';
import type { ReleaseOrder } from './run-release.ts';
import { runRelease } from './run-release.ts';

/** What the operations of both services together are filed under. */
export const STACK = 'stack';

/**
 * Queues a release of the whole stack. Throws ROLLOUT_IN_PROGRESS, TARGET_READ_ONLY, CANCELLED and
 * OPERATION_QUEUE_FULL.
 */
export async function startRelease(
  core: Core,
  order: ReleaseOrder,
): Promise<{ operationId: string }> {
  const target = selectedTarget(core);
  for (const service of STACK_SERVICES) assertNoCanary(core, { target: target.id, service });
  await assertConsent(core, target, {
    question: 'Release backend and gateway together?',
    consequence:
      'The backend is deployed and verified first, then the gateway; a failure puts both back.',
  });
  const operation = await core.runner.start({
    kind: 'release',
    target: target.id,
    service: STACK,
    title: 'Release of backend and gateway',
    order: { build: order.build },
    steps: (run) => runRelease(core, run, order),
  });
  return { operationId: operation.id };
}

const kept = z.object({ build: z.boolean() });

/** Brings a release that an earlier process began to its end: proven, or back. */
export function resumeRelease(core: Core, order: unknown): OperationSteps | null {
  const { data } = kept.safeParse(order);
  return data === undefined ? null : (run) => runRelease(core, run, data);
}
