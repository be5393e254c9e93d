import { Plus } from 'lucide-react';
import { useId, useState } from 'react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { withRemoved, withRow } from './draft-rows.ts';
import { RowButtons } from './row-buttons.tsx';
import { RowName } from './row-name.tsx';
import type { SecretDraft, SecretRow } from './secret-draft.ts';
import {
  isTouchedSecret,
  secretProblem,
  withAddedSecret,
  withUndoneSecret,
} from './secret-draft.ts';

interface SecretEditorProps {
  readonly draft: SecretDraft;
  /** Names that are variables with a value of their own. */
  readonly taken: readonly string[];
  readonly onDraft: (draft: SecretDraft) => void;
}

/** Variables that take their value from a secret: which one and in which version. Never the value. */
export function SecretEditor({ draft, taken, onDraft }: SecretEditorProps): ReactElement {
  const [added, setAdded] = useState(0);
  const add = (): void => {
    // No variable can have this name, so it is never the id of another row.
    onDraft(withAddedSecret(draft, `+${String(added)}`));
    setAdded(added + 1);
  };
  return (
    <>
      {draft.length === 0 ? (
        <p className="meta">No variable refers to a secret.</p>
      ) : (
        <ul className="env-list">
          <li className="secret-line secret-titles" aria-hidden>
            <span>Variable</span>
            <span>Secret</span>
            <span>Version</span>
          </li>
          {draft.map((row) => (
            <SecretLine key={row.id} row={row} draft={draft} taken={taken} onDraft={onDraft} />
          ))}
        </ul>
      )}
      <Button small icon={<Plus aria-hidden />} className="env-add" onClick={add}>
        Add secret reference
      </Button>
    </>
  );
}

interface SecretLineProps extends SecretEditorProps {
  readonly row: SecretRow;
}

function SecretLine({ row, draft, taken, onDraft }: SecretLineProps): ReactElement {
  const id = useId();
  const isNew = row.original === null;
  // A fresh row isn't wrong yet: the review button asks for what is missing.
  const isFresh = isNew && (row.name === '' || row.secret === '');
  const problem = isFresh ? null : secretProblem(draft, row, taken);
  const label = isNew ? 'new secret reference' : row.name;
  const edit = (change: Partial<Pick<SecretRow, 'name' | 'secret' | 'version'>>): void =>
    onDraft(withRow(draft, row.id, change));
  const wrong = problem === null ? {} : { 'aria-invalid': true, 'aria-describedby': id };
  return (
    <li className={classNames('secret-line', row.removed && 'env-removed')}>
      <RowName
        row={row}
        label="Name of the new secret reference"
        wrong={wrong}
        onName={(name) => edit({ name })}
      />
      <input
        className="input mono"
        aria-label={`Secret of ${label}`}
        placeholder="secret-name"
        disabled={row.removed}
        value={row.secret}
        onChange={(event) => edit({ secret: event.target.value })}
        {...wrong}
      />
      <input
        className="input mono"
        aria-label={`Version of ${label}`}
        placeholder="latest"
        disabled={row.removed}
        value={row.version}
        onChange={(event) => edit({ version: event.target.value })}
        {...wrong}
      />
      <RowButtons
        label={label}
        canUndo={!isNew && isTouchedSecret(row)}
        isRemoved={row.removed}
        onUndo={() => onDraft(withUndoneSecret(draft, row.id))}
        onRemove={() => onDraft(withRemoved(draft, row.id))}
      />
      {problem !== null && (
        <span className="field-error env-problem" role="alert" id={id}>
          {problem}
        </span>
      )}
    </li>
  );
}
