import type { ProcedureMeta } from '../../shared/contract/procedure.ts';
import { mayChange } from '../../shared/domain/revision-actions.ts';
import { safetyOf } from '../../shared/domain/safety.ts';
import type { Target } from '../../shared/domain/target.ts';
import { recordAudit } from '../usecases/audit/record-audit.ts';
import type { Core } from '../usecases/core.ts';
import { selectedTarget } from '../usecases/core.ts';
import { assertAllowed } from '../usecases/deployments/allowed.ts';
import { assertConfirmed } from '../usecases/safety/assert-confirmed.ts';
import { waitForCancel } from '../usecases/safety/cancel-window.ts';
import { detailOf, joined, operationOf, outcomeOf, subjectOf } from './audit-words.ts';
import type { Context } from './context.ts';

export interface Call {
  /** `deployments.rollBack` */
  readonly action: string;
  readonly meta: ProcedureMeta;
  /** As it came, before it was validated: a refused input is recorded too. */
  readonly input: unknown;
  /** Is the input one that the procedure takes? Nobody is asked to confirm one that isn't. */
  readonly isValid: () => Promise<boolean>;
  /** Aborted when the caller leaves. */
  readonly signal: AbortSignal | null;
}

/**
 * What every mutating procedure goes through: a read-only target refuses it, what has to be typed
 * was typed, it can be taken back for a while, and it leaves exactly one audit entry with its outcome,
 * whatever that is. A call that only reads passes untouched.
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
    subject: shownSubject(context.core, call),
  };
  const detail = detailOf(call.input);
  const { ports } = context.core;
  try {
    if (call.meta.changes === 'target') assertAllowed(mayChange(target), 'TARGET_READ_ONLY');
    await confirmed(context.core, target, call);
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

/** All that stands between this call and its effect, by the table of domain/safety.ts. */
async function confirmed(core: Core, target: Target, call: Call): Promise<void> {
  const { typed, waits } = safetyOf(call.meta.friction, target.class);
  if ((typed === null && !waits) || !(await call.isValid())) return;
  const { action, input, signal } = call;
  await assertConfirmed(core, { target, typed }, { action, subject: subjectOf(input), input });
  if (waits) {
    await waitForCancel(core, { action, subject: shownSubject(core, call), target, signal });
  }
}

/** A target is named as the operator knows it; its id means nothing to a reader. */
function shownSubject(core: Core, { action, input }: Call): string {
  const subject = subjectOf(input);
  if (!action.startsWith('targets.')) return subject;
  const { targets } = core.memory.settings.value;
  return targets.find(({ id }) => id === subject)?.name ?? subject;
}
