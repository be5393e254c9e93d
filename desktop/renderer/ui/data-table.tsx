import type { KeyboardEvent, ReactElement, ReactNode } from 'react';
import { classNames } from './class-names.ts';

/** One column. Numbers stand to the right with their units; `end` holds the row's action. */
export interface Column<Row> {
  readonly id: string;
  readonly title: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  readonly kind?: 'text' | 'number' | 'end' | 'clip';
}

interface DataTableProps<Row> {
  /** Says what the rows are, for assistive technology. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly selectedKey?: string | null;
  /** Makes rows selectable by click, Enter and Space; arrows move between them. */
  readonly onSelect?: (row: Row) => void;
}

const CELL_CLASS = { text: '', number: 'cell-number', end: 'cell-end', clip: 'cell-clip' } as const;

function cellClass<Row>(column: Column<Row>): string | undefined {
  const name = CELL_CLASS[column.kind ?? 'text'];
  return name === '' ? undefined : name;
}

const SIBLING = {
  ArrowDown: (row: Element) => row.nextElementSibling,
  ArrowUp: (row: Element) => row.previousElementSibling,
  Home: (row: Element) => row.parentElement?.firstElementChild,
  End: (row: Element) => row.parentElement?.lastElementChild,
} as const;

function isMove(key: string): key is keyof typeof SIBLING {
  return Object.hasOwn(SIBLING, key);
}

function onRowKey(event: KeyboardEvent<HTMLTableRowElement>, select: () => void): void {
  // Keys for a button inside the row are not for the row.
  if (event.target !== event.currentTarget) return;
  if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault();
    select();
  } else if (isMove(event.key)) {
    event.preventDefault();
    const next = SIBLING[event.key](event.currentTarget);
    if (next instanceof HTMLElement) next.focus();
  }
}

/** A table. One row is in the tab order: the selected one, else the first. */
export function DataTable<Row>(props: DataTableProps<Row>): ReactElement {
  const { label, columns, rows, rowKey, selectedKey = null, onSelect } = props;
  const keys = rows.map(rowKey);
  const inTabOrder = selectedKey !== null && keys.includes(selectedKey) ? selectedKey : keys[0];
  return (
    <div className="table-scroll">
      <table className="table" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" className={cellClass(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr
              key={keys[index]}
              className={classNames(onSelect && 'selectable')}
              {...(onSelect && {
                'aria-selected': keys[index] === selectedKey,
                tabIndex: keys[index] === inTabOrder ? 0 : -1,
                onClick: () => onSelect(row),
                onKeyDown: (event: KeyboardEvent<HTMLTableRowElement>) => {
                  onRowKey(event, () => onSelect(row));
                },
              })}
            >
              {columns.map((column) => (
                <td key={column.id} className={cellClass(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface TwoLinesProps {
  readonly first: ReactNode;
  readonly second: ReactNode;
  readonly firstIsMono?: boolean;
  readonly secondIsMono?: boolean;
}

/** Name over its secondary id: the first column of every table. */
export function TwoLines(props: TwoLinesProps): ReactElement {
  const { first, second, firstIsMono = false, secondIsMono = false } = props;
  return (
    <div className="two-lines">
      <span className={classNames(firstIsMono && 'mono')}>{first}</span>
      <span className={classNames(secondIsMono && 'mono')}>{second}</span>
    </div>
  );
}
