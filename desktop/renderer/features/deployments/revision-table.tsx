import { Boxes } from 'lucide-react';
import type { ReactElement } from 'react';
import type { RevisionRow } from '../../../shared/contract/deployments.ts';
import { mayRollBackTo } from '../../../shared/domain/revision-actions.ts';
import type { Service } from '../../../shared/domain/revision.ts';
import { digestOf, shortDigest } from '../../../shared/domain/revision.ts';
import type { Target } from '../../../shared/domain/target.ts';
import { useNow } from '../../api/use-now.ts';
import { StaleBanner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { DataTable, TwoLines } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { fullTime, moment } from '../../ui/format-time.ts';
import { Panel } from '../../ui/panel.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { Pill } from '../../ui/status-dot.tsx';
import { revisionStatus } from '../../ui/tone-of.ts';
import { useRevisions } from './use-deployments.ts';

interface RevisionsPanelProps {
  readonly serviceId: string;
  readonly service: Service | undefined;
  readonly target: Target | undefined;
  readonly isBusy: boolean;
  readonly onRollBack: (revision: string) => void;
}

/** The revisions of a service, newest first; each can be gone back to. */
export function RevisionsPanel(props: RevisionsPanelProps): ReactElement {
  const revisions = useRevisions(props.serviceId, props.isBusy);
  const retry = (): void => {
    revisions.refetch().catch(reportError);
  };
  return (
    <Panel label="Revisions" className="deployments-list">
      <h2 className="sr-only">Revisions</h2>
      {revisions.data === undefined &&
        (revisions.isError ? (
          <ErrorState
            error={revisions.error}
            what="The revisions could not be read"
            onRetry={retry}
          />
        ) : (
          <SkeletonLines lines={6} label="Reading the revisions" />
        ))}
      {revisions.data?.length === 0 && (
        <EmptyState icon={<Boxes />} title="No revision yet">
          A deploy makes the first one.
        </EmptyState>
      )}
      {revisions.data !== undefined && revisions.data.length > 0 && (
        <>
          {revisions.isError && (
            <StaleBanner error={revisions.error} asOf={revisions.dataUpdatedAt} onRetry={retry} />
          )}
          <RevisionTable {...props} rows={revisions.data} />
        </>
      )}
    </Panel>
  );
}

interface RevisionTableProps extends Omit<RevisionsPanelProps, 'serviceId' | 'isBusy'> {
  readonly rows: readonly RevisionRow[];
}

function RevisionTable({ rows, ...context }: RevisionTableProps): ReactElement {
  const now = useNow();
  return (
    <DataTable
      label="Revisions"
      rows={rows}
      rowKey={({ revision }) => revision.name}
      columns={columnsOf(context, now)}
    />
  );
}

type Context = Omit<RevisionTableProps, 'rows'>;

function columnsOf(context: Context, now: number): readonly Column<RevisionRow>[] {
  return [
    {
      id: 'revision',
      title: 'Revision',
      cell: ({ revision }) => (
        <TwoLines
          first={revision.name}
          firstIsMono
          second={<Created at={Date.parse(revision.createdAt)} now={now} />}
        />
      ),
    },
    {
      id: 'state',
      title: 'State',
      cell: ({ revision }) => {
        const { tone, word } = revisionStatus(revision.state);
        return (
          <Pill tone={tone} title={revision.reason ?? undefined}>
            {word}
          </Pill>
        );
      },
    },
    {
      id: 'traffic',
      title: 'Traffic',
      kind: 'number',
      cell: ({ revision }) => <Traffic percent={revision.trafficPercent} />,
    },
    { id: 'changed', title: 'Changed', kind: 'clip', cell: (row) => <Changed row={row} /> },
    {
      id: 'digest',
      title: 'Digest',
      cell: ({ revision }) => (
        <span className="mono unit" title={digestOf(revision.template.image)}>
          {shortDigest(revision.template.image)}
        </span>
      ),
    },
    {
      id: 'action',
      title: <span className="sr-only">Action</span>,
      kind: 'end',
      cell: ({ revision }) => <RollBackCell {...context} revision={revision} />,
    },
  ];
}

function Created({ at, now }: { at: number; now: number }): ReactElement {
  return (
    <span className="num" title={fullTime(at)}>
      {moment(at, now)}
    </span>
  );
}

function Traffic({ percent }: { percent: number }): ReactElement {
  const words = (
    <>
      {percent} <span className="unit">%</span>
    </>
  );
  return percent > 0 ? <b>{words}</b> : <span className="unit">{words}</span>;
}

/** What it changed; for a failed one, why it never served. */
function Changed({ row: { revision, changed } }: { row: RevisionRow }): ReactElement {
  const text = revision.state === 'failed' && revision.reason !== null ? revision.reason : changed;
  return (
    <span className="sub" title={text}>
      {text}
    </span>
  );
}

interface RollBackCellProps extends Context {
  readonly revision: RevisionRow['revision'];
}

function RollBackCell(props: RollBackCellProps): ReactElement | null {
  const { revision, service, target, onRollBack } = props;
  if (service === undefined || target === undefined) return null;
  const permission = mayRollBackTo(target, service, revision);
  return (
    <Button
      small
      aria-label={`Roll back to ${revision.name}…`}
      refusal={permission.allowed ? null : permission.reason}
      onClick={() => onRollBack(revision.name)}
    >
      Roll back…
    </Button>
  );
}
