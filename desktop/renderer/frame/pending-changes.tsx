import { useLayoutEffect, useState } from 'react';
import type { ReactElement } from 'react';
import { createPortal } from 'react-dom';
import type { PendingChange } from '../../shared/domain/safety.ts';
import { changeWords } from '../api/action-words.ts';
import { useNow } from '../api/use-now.ts';
import { usePendingChanges } from '../api/use-pending-changes.ts';
import { Button } from '../ui/button.tsx';

/**
 * Where the countdown can be seen and clicked: what is outside the topmost modal dialog is inert.
 */
function useTopmostLayer(isShown: boolean): Element | null {
  const [layer, setLayer] = useState<Element | null>(null);
  useLayoutEffect(() => {
    if (!isShown) return;
    const find = (): void => {
      setLayer([...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body);
    };
    find();
    const changes = new MutationObserver(find);
    changes.observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: ['open'],
    });
    return () => {
      changes.disconnect();
    };
  }, [isShown]);
  return layer;
}

interface PendingRowProps {
  readonly change: PendingChange;
  readonly onTakeBack: () => void;
}

function PendingRow({ change, onTakeBack }: PendingRowProps): ReactElement {
  const now = useNow();
  const windowMs = change.startsAt - change.confirmedAt;
  // The page's clock ticks once a second and may be a second behind.
  const leftMs = Math.min(windowMs, Math.max(0, change.startsAt - now));
  const seconds = Math.max(1, Math.ceil(leftMs / 1_000));
  const left = Math.max(0, leftMs - 1_000) / windowMs;
  return (
    <div className="pending-change" role="alertdialog" aria-label="Can still be taken back">
      <p>
        <b>
          {changeWords(change.action)} {change.subject}
        </b>
        <span className="sub" aria-live="off">
          {` on ${change.target} in `}
          <b className="num">{`${String(seconds)} s`}</b>
        </span>
      </p>
      <Button onClick={onTakeBack}>Take back</Button>
      <span
        className="pending-bar"
        aria-hidden="true"
        style={{ transform: `scaleX(${String(left)})` }}
      />
    </div>
  );
}

/** Changes that run in a moment, each with the way to take it back. Nothing of them was sent yet. */
export function PendingChanges(): ReactElement | null {
  const { changes, takeBack } = usePendingChanges();
  const layer = useTopmostLayer(changes.length > 0);
  if (changes.length === 0 || layer === null) return null;
  return createPortal(
    <div className="pending-changes">
      {changes.map((change) => (
        <PendingRow key={change.id} change={change} onTakeBack={() => takeBack(change.id)} />
      ))}
    </div>,
    layer,
  );
}
