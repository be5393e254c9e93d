import type { ReactElement, ReactNode } from 'react';
import { Button } from './button.tsx';

interface ConfirmFooterProps {
  /** Verb and object: `Roll back to gateway-00042`. */
  readonly confirm: string;
  /** What stays if not: `Keep gateway-00043`. */
  readonly cancel: string;
  readonly danger?: boolean;
  readonly busy?: boolean;
  readonly refusal?: string | null;
  /** At the left: copy as command and the like. */
  readonly start?: ReactNode;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

/** Foot of a confirmation: focus starts on the way out, the action repeats its verb. */
export function ConfirmFooter(props: ConfirmFooterProps): ReactElement {
  const { confirm, cancel, danger = false, busy = false, refusal = null, start } = props;
  return (
    <>
      {start}
      <span className="grow" />
      <Button data-autofocus onClick={props.onCancel}>
        {cancel}
      </Button>
      <Button
        kind={danger ? 'danger' : 'primary'}
        busy={busy}
        refusal={refusal}
        onClick={props.onConfirm}
      >
        {confirm}
      </Button>
    </>
  );
}
