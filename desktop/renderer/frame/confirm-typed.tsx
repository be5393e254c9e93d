import { useState, useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import { changeWords } from '../api/action-words.ts';
import { readAsked, subscribeAsked } from '../api/confirmation-store.ts';
import type { Challenge } from '../api/confirmation-store.ts';
import { ConfirmFooter } from '../ui/confirm-footer.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { useTargetMark } from '../ui/target-mark.tsx';

interface TypedDialogProps {
  readonly asked: Challenge;
  readonly onAnswer: (typed: string | null) => void;
}

function leadOf({ of, word }: Challenge, targetClass: string): string {
  return of === 'key'
    ? `The key ${word} stops working for everybody. This can’t be undone.`
    : `${word} is a ${targetClass} target: what happens there happens to its users.`;
}

function TypedDialog({ asked, onAnswer }: TypedDialogProps): ReactElement {
  const [typed, setTyped] = useState('');
  const targetClass = useTargetMark()?.class ?? 'dev';
  const words = changeWords(asked.action);
  const isRight = typed === asked.word;
  const removes = asked.action === 'targets.remove';
  return (
    <Dialog
      title={
        asked.of === 'target' && !removes ? `${words} on ${asked.word}?` : `${words} ${asked.word}?`
      }
      lead={
        removes
          ? 'The console forgets the target and its sign-in. What is deployed there stays.'
          : leadOf(asked, targetClass)
      }
      size="narrow"
      onClose={() => onAnswer(null)}
      footer={
        <ConfirmFooter
          danger
          confirm={words}
          cancel="Change nothing"
          refusal={isRight ? null : `Type the name of the ${asked.of} first.`}
          onConfirm={() => onAnswer(typed)}
          onCancel={() => onAnswer(null)}
        />
      }
    >
      <TextField
        label={
          <>
            Type <b className="mono">{asked.word}</b> to confirm
          </>
        }
        value={typed}
        onChange={setTyped}
      />
    </Dialog>
  );
}

/** Asks for the name that main wants to be typed; once per window, over every other dialog. */
export function ConfirmTyped(): ReactElement | null {
  const asked = useSyncExternalStore(subscribeAsked, readAsked);
  if (asked === null) return null;
  return <TypedDialog key={asked.challenge} asked={asked} onAnswer={asked.answer} />;
}
