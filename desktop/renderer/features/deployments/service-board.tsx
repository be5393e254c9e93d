import { Package } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Operation } from '../../../shared/domain/operation.ts';
import type { Service } from '../../../shared/domain/revision.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import type { Target } from '../../../shared/domain/target.ts';
import { useServices } from '../../api/use-services.ts';
import { Banner, StaleBanner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { isUnfinished, operationToFollow } from './operation-view.ts';
import { OperationPanel } from './operation-panel.tsx';
import { PinnedBanner } from './pinned-banner.tsx';
import { RevisionsPanel } from './revision-table.tsx';
import { RollBackDialog } from './roll-back-dialog.tsx';
import { ServingPanel } from './serving-panel.tsx';
import { useOperations } from './use-operation.ts';

interface ServiceBoardProps {
  readonly serviceId: StackServiceId;
  readonly target: Target | undefined;
  /** The operation started last on this page; its panel waits until it is in the list. */
  readonly startedId: string | null;
  readonly onDeploy: () => void;
  readonly onStarted: (operationId: string) => void;
}

const NONE: readonly Operation[] = [];

/** One service: what serves, its revisions, and the operation that is or was at work on it. */
export function ServiceBoard(props: ServiceBoardProps): ReactElement {
  const { serviceId, target, startedId, onDeploy, onStarted } = props;
  const operations = useOperations();
  const known = operations.value ?? NONE;
  const isAwaited = isMissing(startedId, known);
  const followed = isAwaited ? null : operationToFollow(known, serviceId);
  const isBusy = isUnfinished(followed);
  const services = useServices(isBusy);
  const [rollBackTo, setRollBackTo] = useState<string | null>(null);
  const service = services.data?.find(({ id }) => id === serviceId);
  if (services.data === undefined && services.isError) return <ServicesError services={services} />;
  return (
    <>
      <ServiceHead
        services={services}
        service={service}
        target={target}
        operations={known}
        onStarted={onStarted}
      />
      <div className="deployments-board">
        {services.isSuccess && service === undefined ? (
          <NotDeployed serviceId={serviceId} isBusy={isBusy} onDeploy={onDeploy} />
        ) : (
          <RevisionsPanel
            serviceId={serviceId}
            service={service}
            target={target}
            isBusy={isBusy}
            onRollBack={setRollBackTo}
          />
        )}
        <OperationPanel
          serviceId={serviceId}
          operations={operations}
          followed={followed}
          isAwaited={isAwaited}
          onUndo={setRollBackTo}
        />
      </div>
      {rollBackTo !== null && service !== undefined && (
        <RollBackDialog
          service={service}
          revision={rollBackTo}
          onStarted={onStarted}
          onClose={() => setRollBackTo(null)}
        />
      )}
    </>
  );
}

function isMissing(id: string | null, operations: readonly Operation[]): boolean {
  return id !== null && !operations.some((operation) => operation.id === id);
}

interface ServicesProps {
  readonly services: ReturnType<typeof useServices>;
}

function ServicesError({ services }: ServicesProps): ReactElement {
  return (
    <Panel label="Serving">
      <h2 className="sr-only">Serving</h2>
      <ErrorState
        error={services.error}
        what="The services could not be read"
        onRetry={() => {
          services.refetch().catch(reportError);
        }}
      />
    </Panel>
  );
}

interface ServiceHeadProps extends ServicesProps, Pick<ServiceBoardProps, 'onStarted'> {
  readonly service: Service | undefined;
  readonly target: Target | undefined;
  readonly operations: readonly Operation[];
}

/** What has to be known before anything is changed: age, failure, pin, and what serves. */
function ServiceHead(props: ServiceHeadProps): ReactElement {
  const { services, service, target, operations, onStarted } = props;
  return (
    <>
      {services.isError && (
        <StaleBanner
          error={services.error}
          asOf={services.dataUpdatedAt}
          onRetry={() => {
            services.refetch().catch(reportError);
          }}
        />
      )}
      {services.isPending && (
        <Panel label="Serving">
          <SkeletonLines lines={2} label="Reading the services" />
        </Panel>
      )}
      {service !== undefined && service.failure !== null && (
        <Banner tone="bad" word="Failed">
          <b>The last change did not finish.</b> {service.failure}
        </Banner>
      )}
      {service !== undefined && (
        <>
          <PinnedBanner service={service} target={target} onStarted={onStarted} />
          <ServingPanel service={service} operations={operations} isStale={services.isError} />
        </>
      )}
    </>
  );
}

interface NotDeployedProps extends Pick<ServiceBoardProps, 'serviceId' | 'onDeploy'> {
  readonly isBusy: boolean;
}

function NotDeployed({ serviceId, isBusy, onDeploy }: NotDeployedProps): ReactElement {
  return (
    <Panel label="Revisions" className="deployments-list">
      <h2 className="sr-only">Revisions</h2>
      {isBusy ? (
        <EmptyState icon={<Package />} title={`The ${serviceId} is being deployed`}>
          Its first revision appears here as soon as the platform has made it.
        </EmptyState>
      ) : (
        <EmptyState
          icon={<Package />}
          title={`The ${serviceId} is not deployed yet`}
          action={<Button onClick={onDeploy}>{`Deploy ${serviceId}…`}</Button>}
        >
          The first deploy builds it from its folder and gives it all traffic once it is ready.
        </EmptyState>
      )}
    </Panel>
  );
}
