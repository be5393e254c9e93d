import { useState } from 'react';
import type { ReactElement } from 'react';
import type { CanaryState } from '../../../../shared/domain/canary.ts';
import type { Operation } from '../../../../shared/domain/operation.ts';
import { isTerminal } from '../../../../shared/domain/operation.ts';
import { Button } from '../../../ui/button.tsx';
import { ConfirmFooter } from '../../../ui/confirm-footer.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { InlineError } from '../../../ui/error-state.tsx';
import { TextField } from '../../../ui/field.tsx';
import type { CanaryDecision } from '../use-rollouts.ts';
import { useCanaryDecision } from '../use-rollouts.ts';

interface CanaryActionsProps {
  readonly operation: Operation;
  readonly canary: CanaryState;
  /** Why nothing may be changed here, null when it may. */
  readonly refusal: string | null;
}

/** Hold or resume, promote, abort: each asks once, with what it does to the traffic. */
export function CanaryActions(props: CanaryActionsProps): ReactElement | null {
  const { operation, canary, refusal } = props;
  const [asked, setAsked] = useState<CanaryDecision | null>(null);
  if (isTerminal(operation.state) || canary.end !== null) return null;
  const isHeld = canary.hold?.by === 'human';
  const pending = isHeld ? 'resume' : 'hold';
  return (
    <div className="canary-actions">
      <Button small refusal={isHeld ? refusal : null} onClick={() => setAsked(pending)}>
        {isHeld ? 'Resume…' : 'Hold…'}
      </Button>
      <Button small refusal={refusal} onClick={() => setAsked('promote')}>
        Promote now…
      </Button>
      <Button small kind="danger" onClick={() => setAsked('abort')}>
        Abort…
      </Button>
      {asked !== null && (
        <DecisionDialog
          kind={asked}
          id={operation.id}
          canary={canary}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  );
}

interface Question {
  readonly title: string;
  readonly lead: string;
  readonly confirm: string;
  readonly cancel: string;
  readonly danger: boolean;
}

function questionOf(kind: CanaryDecision, { revision, stable, weightSet }: CanaryState): Question {
  const at = `${String(weightSet)} %`;
  const questions: Readonly<Record<CanaryDecision, Question>> = {
    hold: {
      title: `Hold ${revision} at ${at}?`,
      lead: 'Evaluations go on and are shown, but nothing moves, neither forward nor back, until somebody resumes it here.',
      confirm: `Hold at ${at}`,
      cancel: 'Let it go on',
      danger: false,
    },
    resume: {
      title: `Let ${revision} go on from ${at}?`,
      lead: 'What was seen during the hold does not count: it is judged anew before the next step.',
      confirm: 'Resume the canary',
      cancel: 'Keep holding',
      danger: false,
    },
    promote: {
      title: `Send all traffic to ${revision} now?`,
      lead: `The remaining steps and their gates are skipped. The answers at the public address are verified; a rollback brings ${stable} back.`,
      confirm: 'Promote to 100 %',
      cancel: `Stay at ${at}`,
      danger: false,
    },
    abort: {
      title: `Take ${revision} back to 0 %?`,
      lead: `All traffic goes to ${stable} at once. The revision stays and can be tried again; nothing starts it by itself.`,
      confirm: 'Abort the canary',
      cancel: `Stay at ${at}`,
      danger: true,
    },
  };
  return questions[kind];
}

interface DecisionDialogProps {
  readonly kind: CanaryDecision;
  readonly id: string;
  readonly canary: CanaryState;
  readonly onClose: () => void;
}

function DecisionDialog({ kind, id, canary, onClose }: DecisionDialogProps): ReactElement {
  const decide = useCanaryDecision(kind);
  const [reason, setReason] = useState('');
  const question = questionOf(kind, canary);
  const confirm = (): void => {
    if (!decide.isUnderWay) decide.mutate({ id, reason }, { onSuccess: onClose });
  };
  return (
    <Dialog
      title={question.title}
      lead={question.lead}
      size="narrow"
      onClose={onClose}
      footer={
        <ConfirmFooter
          confirm={question.confirm}
          cancel={question.cancel}
          danger={question.danger}
          busy={decide.isUnderWay}
          onConfirm={confirm}
          onCancel={onClose}
        />
      }
    >
      {kind !== 'resume' && (
        <TextField
          label="Reason"
          hint="Kept in the audit log."
          maxLength={200}
          value={reason}
          onChange={setReason}
        />
      )}
      {decide.error !== null && <InlineError error={decide.error} />}
    </Dialog>
  );
}
