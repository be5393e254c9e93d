import { useEffect, useId, useRef } from 'react';
import type { ReactElement, ReactNode, SyntheticEvent } from 'react';
import { classNames } from './class-names.ts';
import { TargetMark, useTargetMark } from './target-mark.tsx';

interface DialogProps {
  /** A question about the effect, for a confirmation. */
  readonly title: string;
  readonly lead?: ReactNode;
  readonly size?: 'narrow' | 'normal' | 'wide';
  readonly footer: ReactNode;
  /** Escape does nothing while closing would lose something; say why on the button that closes. */
  readonly locked?: boolean;
  /** Called by Escape and by whatever closes it; unmount the dialog then. */
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

/** Focuses what asks for it with `data-autofocus`, which is the least destructive button. */
function focusFirst(dialog: HTMLDialogElement): void {
  dialog.querySelector<HTMLElement>('[data-autofocus]')?.focus();
}

/** Without it the browser closes a dialog at a later Escape without asking `onCancel` again. */
const UNCLOSABLE = { closedby: 'none' } as const;

/**
 * A modal dialog on the native element: traps focus, closes with Escape, gives focus back to what
 * opened it. Render it while it is open. Put `data-autofocus` on Cancel.
 */
export function Dialog(props: DialogProps): ReactElement {
  const { title, lead, size = 'normal', footer, locked = false, children } = props;
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const target = useTargetMark();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    const opener = document.activeElement;
    if (!dialog.open) dialog.showModal();
    focusFirst(dialog);
    return () => {
      dialog.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  const onCancel = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (!locked) props.onClose();
  };
  return (
    <dialog
      ref={ref}
      className={classNames('dialog', `dialog-${size}`)}
      aria-labelledby={id}
      onCancel={onCancel}
      {...(locked && UNCLOSABLE)}
    >
      <span className={`dialog-band class-${target?.class ?? 'dev'}`} />
      <header className="dialog-head">
        <TargetMark />
        <h2 id={id}>{title}</h2>
        {lead !== undefined && <p className="sub">{lead}</p>}
      </header>
      <div className="dialog-body">{children}</div>
      <footer className="dialog-foot">{footer}</footer>
    </dialog>
  );
}
