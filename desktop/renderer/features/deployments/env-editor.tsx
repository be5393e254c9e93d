import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { nameProblem, withRemoved, withRow } from './draft-rows.ts';
import type { EnvDraft, EnvRow } from './env-draft.ts';
import { isTouched, withAdded, withUndone } from './env-draft.ts';
import { RowButtons } from './row-buttons.tsx';
import { RowName } from './row-name.tsx';

interface EnvEditorProps {
  readonly draft: EnvDraft;
  /** Names that are references to secrets. */
  readonly taken?: readonly string[];
  readonly onDraft: (draft: EnvDraft) => void;
}

/** Literal variables: change, add, remove, and take each of that back. */
export function EnvEditor({ draft, taken = [], onDraft }: EnvEditorProps): ReactElement {
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
          <EnvLine key={row.id} row={row} draft={draft} taken={taken} onDraft={onDraft} />
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

function EnvLine({ row, draft, taken, onDraft }: EnvLineProps): ReactElement {
  // A fresh row isn't wrong yet: the review button asks for its name.
  const problem = row.name === '' ? null : nameProblem(draft, row, taken);
  const isNew = row.original === null;
  const label = isNew ? 'new variable' : row.name;
  return (
    <li className={classNames('env-line', row.removed && 'env-removed')}>
      <RowName
        row={row}
        label="Name of the new variable"
        wrong={problem === null ? {} : { 'aria-invalid': true }}
        onName={(name) => onDraft(withRow(draft, row.id, { name }))}
      />
      <input
        className="input mono"
        aria-label={`Value of ${label}`}
        placeholder={row.masked ? '•••••••• unchanged' : 'empty'}
        disabled={row.removed}
        value={row.value}
        onChange={(event) => onDraft(withRow(draft, row.id, { value: event.target.value }))}
      />
      <RowButtons
        label={label}
        canUndo={!isNew && isTouched(row)}
        isRemoved={row.removed}
        onUndo={() => onDraft(withUndone(draft, row.id))}
        onRemove={() => onDraft(withRemoved(draft, row.id))}
      />
      {problem !== null && (
        <span className="field-error env-problem" role="alert">
          {problem}
        </span>
      )}
    </li>
  );
}
