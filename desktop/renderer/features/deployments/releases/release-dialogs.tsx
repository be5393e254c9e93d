import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Release, ReleasePart } from '../../../../shared/domain/release.ts';
import { ConfirmFooter } from '../../../ui/confirm-footer.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { InlineError } from '../../../ui/error-state.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { useRollBackRelease, useStartRelease } from '../use-rollouts.ts';

interface StartReleaseDialogProps {
  readonly onClose: () => void;
}

/** Both services in order, and both back when anything fails. */
export function StartReleaseDialog({ onClose }: StartReleaseDialogProps): ReactElement {
  const start = useStartRelease();
  const [build, setBuild] = useState(true);
  const confirm = (): void => {
    if (!start.isUnderWay) start.mutate({ build }, { onSuccess: onClose });
  };
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
      <Switch checked={build} onChange={setBuild}>
        Build both from their folders; off: new revisions of the images that serve
      </Switch>
      {start.error !== null && <InlineError error={start.error} />}
    </Dialog>
  );
}

interface RollBackReleaseDialogProps {
  readonly release: Release;
  readonly serving: readonly ReleasePart[];
  readonly onClose: () => void;
}

/** One plan, one confirm: both services to a pair that was good. */
export function RollBackReleaseDialog(props: RollBackReleaseDialogProps): ReactElement {
  const { release, serving, onClose } = props;
  const rollBack = useRollBackRelease();
  const confirm = (): void => {
    if (rollBack.isUnderWay) return;
    rollBack.mutate({ id: release.id, to: 'itself' }, { onSuccess: onClose });
  };
  return (
    <Dialog
      title="Roll both services back to this release?"
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
      <table className="table" aria-label="What moves">
        <thead>
          <tr>
            <th scope="col">Service</th>
            <th scope="col">Now</th>
            <th scope="col">Then</th>
          </tr>
        </thead>
        <tbody>
          {release.parts.map(({ service, revision }) => (
            <tr key={service}>
              <td>{service}</td>
              <td className="mono">
                {serving.find((part) => part.service === service)?.revision ?? 'nothing'}
              </td>
              <td className="mono">{revision ?? 'nothing'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rollBack.error !== null && <InlineError error={rollBack.error} />}
    </Dialog>
  );
}
