import type { Operation, OperationKind } from '../../../shared/domain/operation.ts';
import type { AuditRecord } from '../../ports/audit-log.ts';
import type { ConsolePorts } from '../../ports/console-ports.ts';
import { CONSOLE_ACTOR, recordAudit } from '../audit/record-audit.ts';

const ACTIONS: Readonly<Record<OperationKind, string>> = {
  deploy: 'deploy.finished',
  roll_back: 'rollBack.finished',
  canary: 'canary.finished',
  set_traffic: 'setTraffic.finished',
  release: 'release.finished',
  release_roll_back: 'releaseRollBack.finished',
  switch_upstream: 'switchUpstream.finished',
};

/**
 * The call that began an operation was recorded when it was queued; this is what became of it. The
 * entry is the console's own, and names the operation that the call's entry names.
 */
export function recordEnd(ports: ConsolePorts, operation: Operation): Promise<void> {
  const { kind, service, target, id } = operation;
  return recordAudit(ports, {
    at: operation.endedAt ?? ports.clock.now(),
    actor: CONSOLE_ACTOR,
    target,
    action: ACTIONS[kind],
    subject: service,
    outcome: outcomeOf(operation),
    detail: [`operation=${id}`, wordsOf(operation)].join(' '),
  });
}

function outcomeOf({ state }: Operation): AuditRecord['outcome'] {
  if (state === 'succeeded') return 'ok';
  return state === 'cancelled' ? 'cancelled' : 'failed';
}

function wordsOf({ state, result, error }: Operation): string {
  if (result !== null) return `revision=${result.revision}`;
  return error === null ? state : `${error.code}: ${error.message}`;
}
