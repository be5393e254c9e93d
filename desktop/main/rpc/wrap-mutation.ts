import type { ProcedureMeta } from '../../shared/contract/procedure.ts';
import { mayChange } from '../../shared/domain/revision-actions.ts';
import { recordAudit } from '../usecases/audit/record-audit.ts';
import { selectedTarget } from '../usecases/core.ts';
import { assertAllowed } from '../usecases/deployments/allowed.ts';
import { detailOf, joined, operationOf, outcomeOf, subjectOf } from './audit-words.ts';
import type { Context } from './context.ts';

export interface Call {
  /** `deployments.rollBack` */
  readonly action: string;
  readonly meta: ProcedureMeta;
  /** As it came, before it was validated: a refused input is recorded too. */
  readonly input: unknown;
}

/**
 * What every mutating procedure goes through: a read-only target refuses it, and it leaves exactly
 * one audit entry with its outcome, whatever that is. A call that only reads passes untouched.
 */
export async function wrapMutation<T>(
  context: Context,
  call: Call,
  proceed: () => Promise<T>,
): Promise<T> {
  if (!call.meta.mutating) return proceed();
  const target = selectedTarget(context.core);
  const entry = {
    at: context.core.ports.clock.now(),
    actor: context.actor,
    target: target.id,
    action: call.action,
    subject: subjectOf(call.input),
  };
  const detail = detailOf(call.input);
  const { ports } = context.core;
  try {
    if (call.meta.changes === 'target') assertAllowed(mayChange(target), 'TARGET_READ_ONLY');
    const result = await proceed();
    await recordAudit(ports, {
      ...entry,
      outcome: 'ok',
      detail: joined(detail, operationOf(result)),
    });
    return result;
  } catch (error) {
    const { outcome, words } = outcomeOf(error);
    await recordAudit(ports, { ...entry, outcome, detail: joined(detail, words) });
    throw error;
  }
}
