import { Boxes } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ReleaseOverview } from '../../../../shared/contract/releases.ts';
import type { Release, ReleasePart } from '../../../../shared/domain/release.ts';
import { pairBefore, samePair } from '../../../../shared/domain/release.ts';
import { shortDigest } from '../../../../shared/domain/revision.ts';
import { useNow } from '../../../api/use-now.ts';
import { Button } from '../../../ui/button.tsx';
import type { Column } from '../../../ui/data-table.tsx';
import { DataTable, TwoLines } from '../../../ui/data-table.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { fullTime, shortMoment } from '../../../ui/format-time.ts';
import { SkeletonLines } from '../../../ui/skeleton.tsx';
import { Pill, Tag } from '../../../ui/status-dot.tsx';
import type { PairChoice, useReleases } from '../use-rollouts.ts';

/** A pair to go back to: a release's own, or the one that served before it. */
export interface BackTo {
  readonly release: Release;
  readonly to: PairChoice['to'];
}

interface ReleaseListProps {
  readonly releases: ReturnType<typeof useReleases>;
  readonly refusal: string | null;
  readonly onBack: (choice: BackTo) => void;
}

/** The releases, newest first, each with its way back. */
export function ReleaseList({ releases, refusal, onBack }: ReleaseListProps): ReactElement {
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
        <div className="release-moment" title={fullTime(createdAt)}>
          {shortMoment(createdAt, now)}
          {samePair(parts, serving) && <Tag tone="accent">Serves</Tag>}
        </div>
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
      cell: (release) => (
        <BackButton
          release={release}
          overview={{ serving, lastGood }}
          refusal={refusal}
          onBack={onBack}
        />
      ),
    },
  ];
}

interface BackButtonProps extends Pick<ReleaseListProps, 'refusal' | 'onBack'> {
  readonly release: Release;
  readonly overview: Pick<ReleaseOverview, 'serving' | 'lastGood'>;
}

/** The way back from the release that serves, and to a good one that doesn't. */
function BackButton(props: BackButtonProps): ReactElement | null {
  const { release, overview, refusal, onBack } = props;
  const { serving, lastGood } = overview;
  if (release.state === 'candidate') return null;
  if (pairBefore(release, serving) !== null) {
    return (
      <Button
        small
        refusal={refusal}
        title="Both services to the pair that served before this release"
        onClick={() => onBack({ release, to: 'before' })}
      >
        Undo release…
      </Button>
    );
  }
  if (release.state === 'failed' || samePair(release.parts, serving)) return null;
  return (
    <Button
      small
      kind={release.id === lastGood?.id ? 'secondary' : 'ghost'}
      refusal={refusal}
      onClick={() => onBack({ release, to: 'itself' })}
    >
      Roll back…
    </Button>
  );
}

function PartCell({ part }: { readonly part: ReleasePart | undefined }): ReactElement {
  if (part === undefined || part.revision === null) return <span className="unit">not ready</span>;
  return (
    <TwoLines
      first={part.revision}
      second={part.digest === null ? 'no digest' : shortDigest(part.digest)}
      firstIsMono
      secondIsMono
    />
  );
}
