import type { ReactElement } from 'react';
import type { CanaryEvaluation } from '../../../../shared/domain/canary.ts';
import type { Column } from '../../../ui/data-table.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { count, wholePercent } from '../../../ui/format-number.ts';
import { clockTime } from '../../../ui/format-time.ts';
import { Panel } from '../../../ui/panel.tsx';
import { Pill } from '../../../ui/status-dot.tsx';
import { verdictWord } from './canary-view.ts';

const COLUMNS: readonly Column<CanaryEvaluation>[] = [
  { id: 'at', title: 'At', cell: ({ at }) => clockTime(at) },
  { id: 'percent', title: 'Weight', kind: 'number', cell: ({ percent }) => wholePercent(percent) },
  {
    id: 'samples',
    title: 'Requests',
    kind: 'number',
    cell: ({ samples }) => `${count(samples.canary)} / ${count(samples.stable)}`,
  },
  {
    id: 'verdict',
    title: 'Verdict',
    cell: ({ verdict }) => (
      <Pill tone={verdictWord(verdict).tone}>{verdictWord(verdict).word}</Pill>
    ),
  },
  {
    id: 'judge',
    title: 'Judged by',
    cell: ({ judgedBy }) => (judgedBy === 'backend' ? 'backend' : 'console'),
  },
  {
    id: 'why',
    title: 'Why',
    kind: 'clip',
    cell: ({ reasons }) => <span title={reasons.join('; ')}>{reasons.join('; ')}</span>,
  },
];

/** Every evaluation, newest first. */
export function CanaryHistory({
  evaluations,
}: {
  readonly evaluations: readonly CanaryEvaluation[];
}): ReactElement {
  return (
    <Panel
      title="Evaluations"
      className="canary-history"
      aside={<span className="count">{evaluations.length}</span>}
    >
      {evaluations.length === 0 ? (
        <p className="panel-body sub">None yet.</p>
      ) : (
        <DataTable
          label="Evaluations"
          columns={COLUMNS}
          rows={evaluations.toReversed()}
          rowKey={({ at }) => String(at)}
        />
      )}
    </Panel>
  );
}
