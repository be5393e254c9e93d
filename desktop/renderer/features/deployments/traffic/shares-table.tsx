import { X } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Service } from '../../../../shared/domain/revision.ts';
import type { TrafficShare } from '../../../../shared/domain/traffic.ts';
import { Button } from '../../../ui/button.tsx';
import type { Column } from '../../../ui/data-table.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { wholePercent } from '../../../ui/format-number.ts';
import { Tag } from '../../../ui/status-dot.tsx';
import type { SplitRow } from './split-draft.ts';
import { rowsOf, shareRemoved, shareSet, tagAddress, tagSet } from './split-draft.ts';

type Edit = (draft: readonly TrafficShare[]) => void;

interface SharesTableProps {
  readonly service: Service;
  readonly draft: readonly TrafficShare[];
  readonly onEdit: Edit;
}

/** Each revision's share and tag, edited in place. */
export function SharesTable({ service, draft, onEdit }: SharesTableProps): ReactElement {
  return (
    <DataTable
      label="Shares"
      columns={columns({ service, draft, onEdit })}
      rows={rowsOf(draft, service)}
      rowKey={({ revision }) => revision}
    />
  );
}

interface CellProps extends SharesTableProps {
  readonly row: SplitRow;
}

function columns(table: SharesTableProps): readonly Column<SplitRow>[] {
  return [
    { id: 'revision', title: 'Revision', cell: (row) => <RevisionCell row={row} /> },
    { id: 'actual', title: 'Served', kind: 'number', cell: ({ actual }) => wholePercent(actual) },
    {
      id: 'percent',
      title: 'Share',
      kind: 'number',
      cell: (row) => <ShareCell {...table} row={row} />,
    },
    { id: 'tag', title: 'Tag', cell: (row) => <TagCell {...table} row={row} /> },
    {
      id: 'remove',
      title: <span className="sr-only">Remove</span>,
      kind: 'end',
      cell: (row) => <RemoveCell {...table} row={row} />,
    },
  ];
}

function ShareCell({ row: { revision, percent }, draft, onEdit }: CellProps): ReactElement {
  return (
    <span className="share-field">
      <input
        className="input"
        type="number"
        min={0}
        max={100}
        step={1}
        aria-label={`Share of ${revision} in percent`}
        value={percent}
        disabled={draft.length === 1}
        onChange={({ target }) => onEdit(shareSet(draft, revision, target.valueAsNumber || 0))}
      />
      <span className="unit">%</span>
    </span>
  );
}

function TagCell({ row: { revision, tag }, draft, service, onEdit }: CellProps): ReactElement {
  return (
    <span className="tag-field">
      <input
        className="input mono"
        aria-label={`Tag of ${revision}`}
        placeholder="none"
        spellCheck={false}
        value={tag ?? ''}
        onChange={({ target }) => onEdit(tagSet(draft, revision, target.value))}
      />
      {tag !== null && service.uri !== '' && (
        <span className="meta mono">{tagAddress(service.uri, tag)}</span>
      )}
    </span>
  );
}

function RemoveCell({ row: { revision }, draft, onEdit }: CellProps): ReactElement {
  return (
    <Button
      small
      kind="ghost"
      icon={<X aria-hidden />}
      aria-label={`Take ${revision} out of the split`}
      refusal={draft.length === 1 ? 'One revision has to serve.' : null}
      onClick={() => onEdit(shareRemoved(draft, revision))}
    />
  );
}

function RevisionCell({ row }: { readonly row: SplitRow }): ReactElement {
  return (
    <span className="row">
      <span className="mono">{row.revision}</span>
      {row.isNew && <Tag tone="accent">Added</Tag>}
      {!row.isNew && row.actual !== row.percent && <Tag tone="warn">Changed</Tag>}
    </span>
  );
}
