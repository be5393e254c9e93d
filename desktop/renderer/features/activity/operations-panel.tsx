import { History } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Operation } from '../../../shared/domain/operation.ts';
import { useNow } from '../../api/use-now.ts';
import { StaleBanner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { DataTable, TwoLines } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { elapsed, fullTime, moment } from '../../ui/format-time.ts';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { Pill } from '../../ui/status-dot.tsx';
import { operationStatus } from '../../ui/tone-of.ts';
import { filterOperations, OPERATION_FILTERS } from './activity-filter.ts';
import type { OperationFilter } from './activity-filter.ts';
import { operationResult } from './activity-words.ts';
import { useOperations } from './use-activity.ts';

const LABELS: Readonly<Record<OperationFilter, string>> = {
  all: 'All',
  running: 'Running',
  succeeded: 'Done',
  failed: 'Not done',
};

/** The operations of this console, as they happen. */
export function OperationsPanel(): ReactElement {
  const { value, error, receivedAt } = useOperations();
  const [filter, setFilter] = useState<OperationFilter>('all');
  const isStale = value !== undefined && error !== null;
  return (
    <Panel
      title="Operations"
      className="activity-panel"
      end={
        value !== undefined && (
          <Segmented
            label="Operations"
            value={filter}
            segments={OPERATION_FILTERS.map((id) => ({
              value: id,
              label: LABELS[id],
              count: filterOperations(value, id).length,
            }))}
            onChange={setFilter}
          />
        )
      }
    >
      {isStale && <StaleBanner error={error} asOf={receivedAt ?? 0} />}
      {value !== undefined && (
        <OperationsTable
          operations={filterOperations(value, filter)}
          isFiltered={filter !== 'all'}
          isStale={isStale}
          onShowAll={() => setFilter('all')}
        />
      )}
      {value === undefined &&
        (error === null ? (
          <SkeletonLines lines={5} label="Reading the operations" />
        ) : (
          <ErrorState error={error} what="The operations could not be read" />
        ))}
    </Panel>
  );
}

interface OperationsTableProps {
  readonly operations: readonly Operation[];
  readonly isFiltered: boolean;
  readonly isStale: boolean;
  readonly onShowAll: () => void;
}

function OperationsTable(props: OperationsTableProps): ReactElement {
  const { operations, isFiltered, isStale, onShowAll } = props;
  const now = useNow();
  if (operations.length === 0) {
    return isFiltered ? (
      <EmptyState
        icon={<History />}
        title="No operation in this view"
        action={<Button onClick={onShowAll}>Show all</Button>}
      />
    ) : (
      <EmptyState icon={<History />} title="No operation yet">
        Deploys and roll-backs are listed here with their stages and their outcome.
      </EmptyState>
    );
  }
  return (
    <div
      className={isStale ? 'activity-rows is-stale' : 'activity-rows'}
      tabIndex={0}
      role="group"
      aria-label="Operations"
    >
      <DataTable
        label="Operations"
        rows={operations}
        rowKey={({ id }) => id}
        columns={columnsOf(now)}
      />
    </div>
  );
}

function columnsOf(now: number): readonly Column<Operation>[] {
  return [
    {
      id: 'operation',
      title: 'Operation',
      cell: ({ title, createdAt }) => (
        <TwoLines
          first={title}
          second={
            <span className="num" title={fullTime(createdAt)}>
              {moment(createdAt, now)}
            </span>
          }
        />
      ),
    },
    {
      id: 'state',
      title: 'State',
      cell: (operation) => {
        const { tone, word } = operationStatus(operation);
        return <Pill tone={tone}>{word}</Pill>;
      },
    },
    { id: 'service', title: 'Service', cell: ({ service }) => service },
    {
      id: 'duration',
      title: 'Took',
      kind: 'number',
      cell: ({ startedAt, endedAt }) =>
        startedAt === null ? '–' : elapsed((endedAt ?? now) - startedAt),
    },
    {
      id: 'result',
      title: 'Result',
      kind: 'clip',
      cell: (operation) => (
        <span className="sub" title={operationResult(operation)}>
          {operationResult(operation)}
        </span>
      ),
    },
  ];
}
