import { useState } from 'react';
import type { ReactElement } from 'react';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import type { Target } from '../../../shared/domain/target.ts';
import { useServices } from '../../api/use-services.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { RollBackDialog } from './roll-back-dialog.tsx';
import { rollBackCandidate } from './roll-back-candidate.ts';
import { useRevisions } from './use-deployments.ts';

interface LatestRollBackDialogProps {
  readonly serviceId: StackServiceId;
  readonly target: Target;
  readonly onStarted: (operationId: string) => void;
  readonly onClose: () => void;
}

/** "Roll back…" from elsewhere, where no revision was named: to the one before what serves. */
export function LatestRollBackDialog(props: LatestRollBackDialogProps): ReactElement {
  const { serviceId, target, onStarted, onClose } = props;
  const services = useServices(false);
  const revisions = useRevisions(serviceId, false);
  const service = services.data?.find(({ id }) => id === serviceId);
  const candidate =
    service === undefined || revisions.data === undefined
      ? null
      : rollBackCandidate(target, service, revisions.data);
  // The first answer stands while the dialog is open: a button must not change its aim under the
  // hand when traffic moves or a deploy ends meanwhile.
  const [revision, setRevision] = useState(candidate);
  if (revision === null && candidate !== null) setRevision(candidate);
  if (service !== undefined && revision !== null) {
    return (
      <RollBackDialog
        service={service}
        revision={revision}
        onStarted={onStarted}
        onClose={onClose}
      />
    );
  }
  return (
    <NoRevisionDialog
      serviceId={serviceId}
      error={services.error ?? revisions.error}
      isPending={services.isPending || revisions.isPending}
      onClose={onClose}
    />
  );
}

interface NoRevisionDialogProps extends Omit<LatestRollBackDialogProps, 'target' | 'onStarted'> {
  readonly error: unknown;
  readonly isPending: boolean;
}

/** Not known yet, not readable, or there is really none. */
function NoRevisionDialog(props: NoRevisionDialogProps): ReactElement {
  const { serviceId, error, isPending, onClose } = props;
  return (
    <Dialog
      title={`Roll back ${serviceId}?`}
      size="narrow"
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button data-autofocus onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      {error !== null && <ErrorState error={error} what="The revisions could not be read" />}
      {error === null && isPending && <SkeletonLines lines={3} label="Reading the revisions" />}
      {error === null && !isPending && (
        <p>
          There is no earlier revision of the {serviceId} that traffic may go back to: none became
          ready before the one that serves.
        </p>
      )}
    </Dialog>
  );
}
