import type { ReactElement } from 'react';
import type { AuditEntry } from '../../../shared/contract/audit.ts';
import { useNow } from '../../api/use-now.ts';
import type { Column } from '../../ui/data-table.tsx';
import { DataTable, TwoLines } from '../../ui/data-table.tsx';
import { fullTime, moment } from '../../ui/format-time.ts';
import { Pill } from '../../ui/status-dot.tsx';
import { actionWords, outcomeStatus } from './activity-words.ts';

/** Audit entries, one a row. */
export function AuditTable({ entries }: { readonly entries: readonly AuditEntry[] }): ReactElement {
  const now = useNow();
  return (
    <DataTable
      label="Audit log"
      rows={entries}
      rowKey={({ sequence }) => String(sequence)}
      columns={columnsOf(now)}
    />
  );
}

function columnsOf(now: number): readonly Column<AuditEntry>[] {
  return [
    {
      id: 'action',
      title: 'Action',
      cell: ({ action, at }) => (
        <TwoLines
          first={<span title={action}>{actionWords(action)}</span>}
          second={
            <span className="num" title={fullTime(at)}>
              {moment(at, now)}
            </span>
          }
        />
      ),
    },
    {
      id: 'outcome',
      title: 'Outcome',
      cell: (entry) => {
        const { tone, word } = outcomeStatus(entry);
        return <Pill tone={tone}>{word}</Pill>;
      },
    },
    {
      id: 'subject',
      title: 'Subject',
      cell: ({ subject }) => <span className="mono">{subject}</span>,
    },
    {
      id: 'actor',
      title: 'Who',
      cell: ({ actor, target }) => <span className="sub">{`${actor} on ${target}`}</span>,
    },
    {
      id: 'detail',
      title: 'Detail',
      kind: 'clip',
      cell: ({ detail }) => (
        <span className="sub" title={detail}>
          {detail}
        </span>
      ),
    },
    {
      id: 'entry',
      title: 'Entry',
      kind: 'number',
      cell: ({ sequence, hash }) => (
        <span className="unit" title={hash}>
          {sequence}
        </span>
      ),
    },
  ];
}
