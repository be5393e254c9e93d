import type { ReactElement } from 'react';
import type { DraftRow } from './draft-rows.ts';

interface RowNameProps {
  readonly row: DraftRow;
  /** For assistive technology, while the row is new. */
  readonly label: string;
  /** Attributes that say what is wrong with it. */
  readonly wrong: Readonly<Record<string, string | boolean>>;
  readonly onName: (name: string) => void;
}

/** The variable's name: typed in a new row, fixed in one that runs. */
export function RowName({ row, label, wrong, onName }: RowNameProps): ReactElement {
  if (row.original !== null) {
    return (
      <span className="mono clip" title={row.name}>
        {row.name}
      </span>
    );
  }
  return (
    <input
      className="input mono"
      aria-label={label}
      placeholder="NAME"
      autoFocus
      value={row.name}
      onChange={(event) => onName(event.target.value)}
      {...wrong}
    />
  );
}
