import { Plus, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import type { EnvDraft, EnvRow } from './env-draft.ts';
import { isTouched, rowProblem, withAdded, withRemoved, withRow, withUndone } from './env-draft.ts';

interface EnvEditorProps {
  readonly draft: EnvDraft;
  readonly onDraft: (draft: EnvDraft) => void;
}

/** Literal variables: change, add, remove, and take each of that back. */
export function EnvEditor({ draft, onDraft }: EnvEditorProps): ReactElement {
  const [added, setAdded] = useState(0);
  const add = (): void => {
    // No variable can have this name, so it is never the id of another row.
    onDraft(withAdded(draft, `+${String(added)}`));
    setAdded(added + 1);
  };
  return (
    <>
      {draft.length === 0 && <p className="meta">No literal variable is set.</p>}
      <ul className="env-list">
        {draft.map((row) => (
          <EnvLine key={row.id} row={row} draft={draft} onDraft={onDraft} />
        ))}
      </ul>
      <Button small icon={<Plus aria-hidden />} className="env-add" onClick={add}>
        Add variable
      </Button>
    </>
  );
}

interface EnvLineProps extends EnvEditorProps {
  readonly row: EnvRow;
}

function EnvLine({ row, draft, onDraft }: EnvLineProps): ReactElement {
  // A fresh row isn't wrong yet: the review button asks for its name.
  const problem = row.name === '' ? null : rowProblem(draft, row);
  const isNew = row.original === null;
  const label = isNew ? 'new variable' : row.name;
  return (
    <li className={classNames('env-line', row.removed && 'env-removed')}>
      {isNew ? (
        <input
          className="input mono"
          aria-label="Name of the new variable"
          aria-invalid={problem !== null || undefined}
          placeholder="NAME"
          autoFocus
          value={row.name}
          onChange={(event) => onDraft(withRow(draft, row.id, { name: event.target.value }))}
        />
      ) : (
        <span className="mono clip" title={row.name}>
          {row.name}
        </span>
      )}
      <input
        className="input mono"
        aria-label={`Value of ${label}`}
        placeholder={row.masked ? '•••••••• unchanged' : 'empty'}
        disabled={row.removed}
        value={row.value}
        onChange={(event) => onDraft(withRow(draft, row.id, { value: event.target.value }))}
      />
      <EnvButtons row={row} label={label} draft={draft} onDraft={onDraft} />
      {problem !== null && (
        <span className="field-error env-problem" role="alert">
          {problem}
        </span>
      )}
    </li>
  );
}

interface EnvButtonsProps extends EnvLineProps {
  readonly label: string;
}

function EnvButtons({ row, label, draft, onDraft }: EnvButtonsProps): ReactElement {
  const canUndo = row.original !== null && isTouched(row);
  return (
    <span className="row">
      {canUndo && (
        <Button
          kind="ghost"
          small
          icon={<Undo2 aria-hidden />}
          aria-label={`Undo ${label}`}
          title="Back to what runs now"
          onClick={() => onDraft(withUndone(draft, row.id))}
        />
      )}
      {!row.removed && (
        <Button
          kind="ghost"
          small
          icon={<Trash2 aria-hidden />}
          aria-label={`Remove ${label}`}
          title="Remove"
          onClick={() => onDraft(withRemoved(draft, row.id))}
        />
      )}
    </span>
  );
}
