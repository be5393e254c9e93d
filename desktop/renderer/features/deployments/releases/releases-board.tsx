import { Boxes } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { ReleaseOverview } from '../../../../shared/contract/releases.ts';
import type { Operation } from '../../../../shared/domain/operation.ts';
import { isTerminal } from '../../../../shared/domain/operation.ts';
import type { Release, ReleasePart } from '../../../../shared/domain/release.ts';
import { samePair } from '../../../../shared/domain/release.ts';
import { shortDigest } from '../../../../shared/domain/revision.ts';
import type { Target } from '../../../../shared/domain/target.ts';
import { useNow } from '../../../api/use-now.ts';
import { StaleBanner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import type { Column } from '../../../ui/data-table.tsx';
import { DataTable, TwoLines } from '../../../ui/data-table.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { fullTime, shortMoment } from '../../../ui/format-time.ts';
import { Panel } from '../../../ui/panel.tsx';
import { SkeletonLines } from '../../../ui/skeleton.tsx';
import { Pill, Tag } from '../../../ui/status-dot.tsx';
import { changeRefusal } from '../change-refusal.ts';
import { useRefreshWhenDone } from '../use-deployments.ts';
import { useOperations } from '../use-operation.ts';
import { useReleases } from '../use-rollouts.ts';
import { ReleaseProgress } from './release-progress.tsx';
import { RollBackReleaseDialog, StartReleaseDialog } from './release-dialogs.tsx';
import { UpstreamPanel } from './upstream-panel.tsx';
import './releases.css';

interface ReleasesBoardProps {
  readonly target: Target | undefined;
}

type Asked = { readonly kind: 'start' } | { readonly kind: 'back'; readonly release: Release };

function StaleNote({
  releases,
}: {
  readonly releases: ReturnType<typeof useReleases>;
}): ReactElement | null {
  if (releases.data === undefined || !releases.isError) return null;
  return <StaleBanner error={releases.error} asOf={releases.dataUpdatedAt} />;
}

/** The newest operation on both services. */
function lastOfStack(operations: readonly Operation[]): Operation | null {
  return operations.find(({ service }) => service === 'stack') ?? null;
}

/** Backend and gateway as one: what serves, what was released, and the way back. */
export function ReleasesBoard({ target }: ReleasesBoardProps): ReactElement {
  const operations = useOperations();
  const last = lastOfStack(operations.value ?? []);
  const isBusy = last !== null && !isTerminal(last.state);
  const releases = useReleases(isBusy);
  useRefreshWhenDone(last);
  const [asked, setAsked] = useState<Asked | null>(null);
  const refusal = changeRefusal(target);
  const close = (): void => setAsked(null);
  return (
    <>
      <StaleNote releases={releases} />
      <div className="releases-board">
        <Panel
          title="Releases"
          className="releases-list"
          aside={releases.data !== undefined && <ServingPair overview={releases.data} />}
          end={
            <Button
              small
              kind="primary"
              refusal={refusal ?? (isBusy ? 'A release is under way.' : null)}
              onClick={() => setAsked({ kind: 'start' })}
            >
              Release both…
            </Button>
          }
        >
          <ReleaseList
            releases={releases}
            refusal={refusal}
            onBack={(release) => setAsked({ kind: 'back', release })}
          />
        </Panel>
        <div className="releases-side">
          {last !== null && <ReleaseProgress operation={last} />}
          <UpstreamPanel refusal={refusal} />
        </div>
      </div>
      <AskedDialog asked={asked} serving={releases.data?.serving ?? []} onClose={close} />
    </>
  );
}

interface AskedDialogProps {
  readonly asked: Asked | null;
  readonly serving: readonly ReleasePart[];
  readonly onClose: () => void;
}

function AskedDialog({ asked, serving, onClose }: AskedDialogProps): ReactElement | null {
  if (asked === null) return null;
  return asked.kind === 'start' ? (
    <StartReleaseDialog onClose={onClose} />
  ) : (
    <RollBackReleaseDialog release={asked.release} serving={serving} onClose={onClose} />
  );
}

function ServingPair({ overview }: { readonly overview: ReleaseOverview }): ReactElement {
  const isReleased = overview.releases.some(({ parts }) => samePair(parts, overview.serving));
  return isReleased ? (
    <Pill tone="ok">A release serves</Pill>
  ) : (
    <Pill tone="idle" title="At least one service was deployed alone since.">
      What serves was not released together
    </Pill>
  );
}

interface ReleaseListProps {
  readonly releases: ReturnType<typeof useReleases>;
  readonly refusal: string | null;
  readonly onBack: (release: Release) => void;
}

function ReleaseList({ releases, refusal, onBack }: ReleaseListProps): ReactElement {
  const now = useNow();
  const { data, error, isPending } = releases;
  if (isPending) return <SkeletonLines lines={5} label="Reading the releases" />;
  if (data === undefined) {
    return (
      <ErrorState
        error={error}
        what="The releases could not be read"
        onRetry={() => {
          releases.refetch().catch(reportError);
        }}
      />
    );
  }
  if (data.releases.length === 0) {
    return (
      <EmptyState icon={<Boxes />} title="Nothing was released together yet">
        A release builds both services, deploys the backend, then the gateway, and puts both back
        when anything fails.
      </EmptyState>
    );
  }
  return (
    <DataTable
      label="Releases"
      columns={columns(data, now, { refusal, onBack })}
      rows={data.releases}
      rowKey={({ id }) => id}
    />
  );
}

const STATES = {
  'known-good': { tone: 'ok', word: 'Good' },
  candidate: { tone: 'running', word: 'On its way' },
  failed: { tone: 'bad', word: 'Failed' },
} as const;

function columns(
  { serving, lastGood }: ReleaseOverview,
  now: number,
  { refusal, onBack }: Pick<ReleaseListProps, 'refusal' | 'onBack'>,
): readonly Column<Release>[] {
  const part = (service: ReleasePart['service']) => (release: Release) => (
    <PartCell part={release.parts.find((candidate) => candidate.service === service)} />
  );
  return [
    {
      id: 'at',
      title: 'Released',
      cell: ({ createdAt, parts }) => (
        <span className="row" title={fullTime(createdAt)}>
          {shortMoment(createdAt, now)}
          {samePair(parts, serving) && <Tag tone="accent">Serves</Tag>}
        </span>
      ),
    },
    { id: 'backend', title: 'Backend', cell: part('backend') },
    { id: 'gateway', title: 'Gateway', cell: part('gateway') },
    {
      id: 'state',
      title: 'State',
      cell: ({ state, reason }) => (
        <Pill tone={STATES[state].tone} title={reason ?? undefined}>
          {STATES[state].word}
        </Pill>
      ),
    },
    {
      id: 'back',
      title: '',
      kind: 'end',
      cell: (release) =>
        release.state === 'known-good' &&
        !samePair(release.parts, serving) && (
          <Button
            small
            kind={release.id === lastGood?.id ? 'secondary' : 'ghost'}
            refusal={refusal}
            onClick={() => onBack(release)}
          >
            Roll back…
          </Button>
        ),
    },
  ];
}

function PartCell({ part }: { readonly part: ReleasePart | undefined }): ReactElement {
  if (part === undefined || part.revision === null) return <span className="unit">not made</span>;
  return (
    <TwoLines
      first={part.revision}
      second={part.digest === null ? 'no digest' : shortDigest(part.digest)}
      firstIsMono
      secondIsMono
    />
  );
}
