import type { StackStatus } from '../../../shared/contract/stack.ts';
import type { Operation } from '../../../shared/domain/operation.ts';
import { isTerminal } from '../../../shared/domain/operation.ts';
import type { Service } from '../../../shared/domain/revision.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';
import { STACK_SERVICES } from '../../../shared/domain/stack.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';

/** Where the chosen target stands. Never throws for what the platform does. */
export async function readStackStatus(core: Core): Promise<StackStatus> {
  const reach = await core.ports.session.reachability();
  const operationIds = [...core.memory.stackOperations.value];
  if (!reach.reachable) return unreachable(reach.reason, operationIds);
  const { startedAt } = reach;
  try {
    const services = await core.ports.session.provider.listServices();
    return {
      ...phaseOf(core, services),
      ...addresses(services),
      startedAt,
      operationIds,
    };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return unreachable(error.message, operationIds);
  }
}

function unreachable(reason: string, operationIds: string[]): StackStatus {
  const phase = 'unreachable';
  return { phase, reason, gatewayUrl: null, backendUrl: null, startedAt: null, operationIds };
}

function stackOperations(core: Core): readonly Operation[] {
  const ids = new Set(core.memory.stackOperations.value);
  return core.memory.operations.value.filter((operation) => ids.has(operation.id));
}

function phaseOf(core: Core, services: readonly Service[]): Pick<StackStatus, 'phase' | 'reason'> {
  const operations = stackOperations(core);
  if (operations.some((operation) => !isTerminal(operation.state))) {
    return { phase: 'deploying', reason: null };
  }
  const missing = missingServices(services);
  if (missing.length === 0) return { phase: 'ready', reason: null };
  if (core.memory.starting.value) return { phase: 'connecting', reason: null };
  const failed = operations.find((operation) => operation.error !== null);
  const reason = failed?.error?.message ?? `Not deployed: ${missing.join(', ')}.`;
  return { phase: 'failed', reason };
}

/** Services of the stack that answer nobody, in the order in which they are deployed. */
export function missingServices(
  services: readonly Service[],
): readonly (typeof STACK_SERVICES)[number][] {
  return STACK_SERVICES.filter((id) => {
    const service = services.find((candidate) => candidate.id === id);
    return service === undefined || servingRevision(service) === null;
  });
}

function addresses(services: readonly Service[]): Pick<StackStatus, 'gatewayUrl' | 'backendUrl'> {
  const uriOf = (id: string): string | null => {
    const uri = services.find((service) => service.id === id)?.uri ?? '';
    return uri === '' ? null : uri;
  };
  return { gatewayUrl: uriOf('gateway'), backendUrl: uriOf('backend') };
}
