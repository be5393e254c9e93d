import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Release, ReleasePart } from '../../../../shared/domain/release.ts';
import { STACK_SERVICES } from '../../../../shared/domain/stack.ts';
import { useServices } from '../../../api/use-services.ts';
import { Banner } from '../../../ui/banner.tsx';
import { ConfirmFooter } from '../../../ui/confirm-footer.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { InlineError } from '../../../ui/error-state.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { pinnedTraffic } from '../serving-view.ts';
import type { PairChoice } from '../use-rollouts.ts';
import { useRollBackRelease, useStartRelease } from '../use-rollouts.ts';
import { PairTable } from './pair-table.tsx';

interface StartReleaseDialogProps {
  readonly serving: readonly ReleasePart[];
  readonly onClose: () => void;
}

/** Both services in order, and both back when anything fails. */
export function StartReleaseDialog({ serving, onClose }: StartReleaseDialogProps): ReactElement {
  const start = useStartRelease();
  const [build, setBuild] = useState(true);
  const confirm = (): void => {
    if (!start.isUnderWay) start.mutate({ build }, { onSuccess: onClose });
  };
  const next = build ? 'new revision, built from its folder' : 'new revision of the same image';
  return (
    <Dialog
      title="Release backend and gateway together?"
      lead="Both are built and started at 0 %. Then the backend gets the traffic and is verified, then the gateway. When anything fails, both go back to what serves now."
      onClose={onClose}
      footer={
        <ConfirmFooter
          confirm="Release both services"
          cancel="Keep what serves"
          busy={start.isUnderWay}
          onConfirm={confirm}
          onCancel={onClose}
        />
      }
    >
      <PinsEnd />
      <PairTable
        serving={serving}
        rows={STACK_SERVICES.map((service) => ({ service, next, isName: false }))}
      />
      <Switch checked={build} onChange={setBuild}>
        Build both from their folders; off: new revisions of the images that serve
      </Switch>
      {start.error !== null && <InlineError error={start.error} />}
    </Dialog>
  );
}

/** A rollback has pinned them; a release lets go of that, and says so before. */
function PinsEnd(): ReactElement | null {
  const pinned = (useServices(false).data ?? []).filter(
    (service) => pinnedTraffic(service) !== null,
  );
  if (pinned.length === 0) return null;
  const names = pinned.map(({ id }) => id).join(' and ');
  return (
    <Banner tone="warn" word="Pinned">
      <b>The traffic of {names} is held by name.</b> A release ends that: afterwards both follow
      their latest revision again.
    </Banner>
  );
}

interface RollBackReleaseDialogProps {
  readonly release: Release;
  readonly to: PairChoice['to'];
  readonly serving: readonly ReleasePart[];
  readonly onClose: () => void;
}

const BACK_TO = {
  itself: 'Roll both services back to this release?',
  before: 'Roll both services back to the pair before this release?',
} as const;

/** One plan, one confirm: both services to a pair that was good. */
export function RollBackReleaseDialog(props: RollBackReleaseDialogProps): ReactElement {
  const { release, to, serving, onClose } = props;
  const rollBack = useRollBackRelease();
  const confirm = (): void => {
    if (rollBack.isUnderWay) return;
    rollBack.mutate({ id: release.id, to }, { onSuccess: onClose });
  };
  const pair = to === 'itself' ? release.parts : release.previous;
  return (
    <Dialog
      title={BACK_TO[to]}
      lead="Traffic only: nothing is rebuilt. The gateway goes first, then the backend; both are verified, and both stay as they are when one can't go."
      onClose={onClose}
      footer={
        <ConfirmFooter
          confirm="Roll back both services"
          cancel="Keep what serves"
          busy={rollBack.isUnderWay}
          onConfirm={confirm}
          onCancel={onClose}
        />
      }
    >
      <PairTable
        serving={serving}
        rows={pair.map(({ service, revision }) => ({
          service,
          next: revision ?? 'nothing',
          isName: revision !== null,
        }))}
      />
      {rollBack.error !== null && <InlineError error={rollBack.error} />}
    </Dialog>
  );
}
