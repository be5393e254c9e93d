import { useState } from 'react';
import type { ReactElement } from 'react';
import type { ReleaseOverview } from '../../../../shared/contract/releases.ts';
import type { Operation } from '../../../../shared/domain/operation.ts';
import { isTerminal } from '../../../../shared/domain/operation.ts';
import type { ReleasePart } from '../../../../shared/domain/release.ts';
import { samePair } from '../../../../shared/domain/release.ts';
import type { Target } from '../../../../shared/domain/target.ts';
import { StaleBanner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Pill } from '../../../ui/status-dot.tsx';
import { changeRefusal } from '../change-refusal.ts';
import { useOperations } from '../use-operation.ts';
import { useReleases } from '../use-rollouts.ts';
import type { BackTo } from './release-list.tsx';
import { ReleaseList } from './release-list.tsx';
import { ReleaseProgress } from './release-progress.tsx';
import { RollBackReleaseDialog, StartReleaseDialog } from './release-dialogs.tsx';
import { UpstreamPanel } from './upstream-panel.tsx';
import './releases.css';

interface ReleasesBoardProps {
  readonly target: Target | undefined;
}

type Asked = { readonly kind: 'start' } | ({ readonly kind: 'back' } & BackTo);

function StaleNote({
  releases,
}: {
  readonly releases: ReturnType<typeof useReleases>;
}): ReactElement | null {
  if (releases.data === undefined || !releases.isError) return null;
  return <StaleBanner error={releases.error} asOf={releases.dataUpdatedAt} />;
}

/** The newest operation on both services, or on how one calls the other. */
function lastOfStack(operations: readonly Operation[]): Operation | null {
  return (
    operations.find(({ service, kind }) => service === 'stack' || kind === 'switch_upstream') ??
    null
  );
}

/** Backend and gateway as one: what serves, what was released, and the way back. */
export function ReleasesBoard({ target }: ReleasesBoardProps): ReactElement {
  const operations = useOperations();
  const last = lastOfStack(operations.value ?? []);
  const isBusy = last !== null && !isTerminal(last.state);
  const releases = useReleases(isBusy);
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
              refusal={refusal ?? (isBusy ? `${last.title} is under way.` : null)}
              onClick={() => setAsked({ kind: 'start' })}
            >
              Release both…
            </Button>
          }
        >
          <ReleaseList
            releases={releases}
            refusal={refusal}
            onBack={(choice) => setAsked({ kind: 'back', ...choice })}
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
    <StartReleaseDialog serving={serving} onClose={onClose} />
  ) : (
    <RollBackReleaseDialog
      release={asked.release}
      to={asked.to}
      serving={serving}
      onClose={onClose}
    />
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
