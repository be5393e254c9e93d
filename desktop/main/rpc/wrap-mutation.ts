import type { ProcedureMeta } from '../../shared/contract/procedure.ts';
import { mayChange } from '../../shared/domain/revision-actions.ts';
import type { AuditRecord } from '../ports/audit-log.ts';
import { selectedTarget } from '../usecases/core.ts';
import { assertAllowed } from '../usecases/deployments/allowed.ts';
import { detailOf, outcomeOf, subjectOf } from './audit-words.ts';
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
  try {
    if (call.meta.changes === 'target') assertAllowed(mayChange(target), 'TARGET_READ_ONLY');
    const result = await proceed();
    await record(context, { ...entry, outcome: 'ok', detail: detailOf(call.input) });
    return result;
  } catch (error) {
    await record(context, { ...entry, ...outcomeOf(error) });
    throw error;
  }
}

async function record({ core }: Context, entry: AuditRecord): Promise<void> {
  try {
    await core.ports.audit.append(entry);
  } catch (error) {
    // The change is made; hiding its result from the operator would help nobody.
    core.ports.log.error('an audit entry could not be written', error, { action: entry.action });
  }
}
