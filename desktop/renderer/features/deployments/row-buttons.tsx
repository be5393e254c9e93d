import { Trash2, Undo2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';

interface RowButtonsProps {
  /** Name of the variable, for assistive technology. */
  readonly label: string;
  readonly canUndo: boolean;
  readonly isRemoved: boolean;
  readonly onUndo: () => void;
  readonly onRemove: () => void;
}

/** Take a variable away, or take back what was done to it. */
export function RowButtons(props: RowButtonsProps): ReactElement {
  const { label, canUndo, isRemoved, onUndo, onRemove } = props;
  return (
    <span className="row">
      {canUndo && (
        <Button
          kind="ghost"
          small
          icon={<Undo2 aria-hidden />}
          aria-label={`Undo ${label}`}
          title="Back to what runs now"
          onClick={onUndo}
        />
      )}
      {!isRemoved && (
        <Button
          kind="ghost"
          small
          icon={<Trash2 aria-hidden />}
          aria-label={`Remove ${label}`}
          title="Remove"
          onClick={onRemove}
        />
      )}
    </span>
  );
}
