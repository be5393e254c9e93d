import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { STACK_DEFAULTS } from '../../../shared/domain/stack.ts';
import type { Operation } from '../../../shared/domain/operation.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { CONSOLE_ACTOR, recordAudit } from '../audit/record-audit.ts';
import { deploy } from '../deployments/deploy.ts';
import { isRunning } from '../operations/operation-edits.ts';
import { missingServices } from './stack-status.ts';

/**
 * Deploys what is missing of the stack by the same use case as every other deploy, backend first. The
 * gateway is built meanwhile and gets its revision when the backend serves. A service whose deploy
 * already runs is not deployed again.
 */
export async function ensureStack(core: Core): Promise<{ operationIds: string[] }> {
  const missing = missingServices(await core.ports.session.provider.listServices());
  const started = new Map<StackServiceId, string>();
  for (const service of missing) {
    const running = runningDeploy(core, service);
    if (running !== undefined) {
      started.set(service, running.id);
      continue;
    }
    const { upstream } = STACK_DEFAULTS[service];
    const waitsFor = upstream === null ? undefined : started.get(upstream.service);
    const { operationId } = await deploy(core, {
      service,
      build: true,
      env: {},
      ...(waitsFor === undefined ? {} : { after: waitsFor }),
    });
    started.set(service, operationId);
  }
  const operationIds = [...started.values()];
  if (operationIds.length > 0) core.memory.stackOperations.set(operationIds);
  return { operationIds };
}

/** The same on start: a read-only or protected target, or one that is elsewhere, is left alone. */
export async function ensureStackAtStart(core: Core): Promise<void> {
  const { id, kind, mode } = selectedTarget(core);
  if (kind !== 'local' || mode !== 'normal') return;
  const { operationIds } = await ensureStack(core);
  if (operationIds.length === 0) return;
  // Nobody called: the audit log would otherwise not say why there is a stack.
  await recordAudit(core.ports, {
    at: core.ports.clock.now(),
    actor: CONSOLE_ACTOR,
    target: id,
    action: 'stack.ensure',
    subject: '',
    outcome: 'ok',
    detail: `at start operation=${operationIds.join(',')}`,
  });
}

function runningDeploy(core: Core, service: string): Operation | undefined {
  return core.memory.operations.value.find(
    (operation) =>
      operation.service === service && operation.kind === 'deploy' && isRunning(operation),
  );
}
