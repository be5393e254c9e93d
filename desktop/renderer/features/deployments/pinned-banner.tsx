import { useState } from 'react';
import type { ReactElement } from 'react';
import { mayChange } from '../../../shared/domain/revision-actions.ts';
import type { Service } from '../../../shared/domain/revision.ts';
import type { Target } from '../../../shared/domain/target.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { PlanDialog } from './plan-dialog.tsx';
import type { PinnedTraffic } from './serving-view.ts';
import { pinnedTraffic } from './serving-view.ts';
import { useResumeLatest, useResumePlan } from './use-deployments.ts';

interface PinnedBannerProps {
  readonly service: Service;
  readonly target: Target | undefined;
  readonly onStarted: (operationId: string) => void;
}

/** Says that traffic does not follow the latest revision, and offers to let it. */
export function PinnedBanner(props: PinnedBannerProps): ReactElement | null {
  const { service, target, onStarted } = props;
  const [isAsking, setAsking] = useState(false);
  const pin = pinnedTraffic(service);
  if (pin === null) return null;
  const permission = target === undefined ? undefined : mayChange(target);
  return (
    <>
      <Banner
        tone={pin.alreadyLatest ? 'idle' : 'warn'}
        word={pin.isSplit ? 'Split' : 'Pinned'}
        actions={
          <Button
            small
            refusal={permission?.allowed === false ? permission.reason : null}
            onClick={() => setAsking(true)}
          >
            Resume latest…
          </Button>
        }
      >
        <PinWords pin={pin} />
      </Banner>
      {isAsking && (
        <ResumeDialog
          serviceId={service.id}
          pin={pin}
          onStarted={onStarted}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

function PinWords({ pin }: { readonly pin: PinnedTraffic }): ReactElement {
  return (
    <>
      <b>
        {pin.isSplit ? 'Traffic is split by name, the largest share with' : 'Traffic is pinned to'}{' '}
        <span className="mono">{pin.pinnedTo}</span>
      </b>{' '}
      {pin.alreadyLatest || pin.isSplit ? (
        'and does not follow newer revisions by itself.'
      ) : (
        <>
          while <span className="mono">{pin.latest}</span> is the latest that is ready.
        </>
      )}
    </>
  );
}

interface ResumeDialogProps extends Pick<PinnedBannerProps, 'onStarted'> {
  readonly serviceId: string;
  readonly pin: PinnedTraffic;
  readonly onClose: () => void;
}

function ResumeDialog(props: ResumeDialogProps): ReactElement {
  const { serviceId, pin, onStarted, onClose } = props;
  const plan = useResumePlan(serviceId);
  const resume = useResumeLatest();
  return (
    <PlanDialog
      plan={plan}
      title={`Let ${serviceId} follow its latest revision again?`}
      confirm="Resume latest"
      cancel={pin.isSplit ? 'Keep the split' : `Keep ${pin.pinnedTo}`}
      run={(etag, then) => resume.mutate({ service: serviceId, etag }, then)}
      isUnderWay={resume.isUnderWay}
      error={resume.error}
      onStarted={onStarted}
      onClose={onClose}
    />
  );
}
