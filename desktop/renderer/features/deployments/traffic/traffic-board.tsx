import { Route } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { isTerminal } from '../../../../shared/domain/operation.ts';
import type { Service } from '../../../../shared/domain/revision.ts';
import type { Target } from '../../../../shared/domain/target.ts';
import type { TrafficShare } from '../../../../shared/domain/traffic.ts';
import { useServices } from '../../../api/use-services.ts';
import { StaleBanner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { SkeletonLines } from '../../../ui/skeleton.tsx';
import { Tag } from '../../../ui/status-dot.tsx';
import { TrafficBar } from '../../../ui/traffic-bar.tsx';
import { changeRefusal } from '../change-refusal.ts';
import { PlanDialog } from '../plan-dialog.tsx';
import { useOperations } from '../use-operation.ts';
import { useSetTraffic, useTrafficPlan } from '../use-rollouts.ts';
import { AddRevision } from './add-revision.tsx';
import { SharesTable } from './shares-table.tsx';
import { currentSplit, sameSplit, splitDraftProblem } from './split-draft.ts';
import './traffic.css';

interface TrafficBoardProps {
  readonly serviceId: string;
  readonly target: Target | undefined;
  readonly onStarted: (operationId: string) => void;
}

/** The split of a service: as it is set, as it is served, and as it is to be. */
export function TrafficBoard(props: TrafficBoardProps): ReactElement {
  const { serviceId } = props;
  const operations = useOperations();
  const busy = (operations.value ?? []).some(
    (operation) => operation.service === serviceId && !isTerminal(operation.state),
  );
  const services = useServices(busy);
  const service = services.data?.find(({ id }) => id === serviceId);
  if (services.isPending) {
    return (
      <Panel label="Traffic">
        <SkeletonLines lines={5} label="Reading the traffic" />
      </Panel>
    );
  }
  if (service === undefined) {
    return (
      <Panel label="Traffic" className="traffic-empty">
        {services.data === undefined ? (
          <ErrorState error={services.error} what="The traffic could not be read" />
        ) : (
          <EmptyState icon={<Route />} title={`The ${serviceId} serves nothing yet`}>
            Its traffic can be split once it has two revisions.
          </EmptyState>
        )}
      </Panel>
    );
  }
  return (
    <>
      {services.isError && <StaleBanner error={services.error} asOf={services.dataUpdatedAt} />}
      <SplitEditor key={service.id} {...props} service={service} isBusy={busy} />
    </>
  );
}

interface SplitEditorProps extends TrafficBoardProps {
  readonly service: Service;
  readonly isBusy: boolean;
}

function SplitEditor({ service, target, isBusy, onStarted }: SplitEditorProps): ReactElement {
  const now = currentSplit(service);
  const [edited, setEdited] = useState<readonly TrafficShare[] | null>(null);
  const [isPlanned, setPlanned] = useState(false);
  const draft = edited ?? now;
  const problem = splitDraftProblem(draft);
  const refusal = changeRefusal(target) ?? problem;
  const isSame = sameSplit(draft, now);
  return (
    <Panel
      title="Traffic split"
      className="traffic-panel"
      aside={<SplitTag service={service} isBusy={isBusy} />}
      end={
        <>
          <Button
            small
            refusal={isSame ? 'Nothing was changed.' : null}
            onClick={() => setEdited(null)}
          >
            Reset
          </Button>
          <Button
            small
            kind="primary"
            refusal={isSame ? 'Change a share or a tag first.' : refusal}
            onClick={() => setPlanned(true)}
          >
            Review plan…
          </Button>
        </>
      }
    >
      <div className="traffic-body">
        <SplitBars service={service} draft={draft} isSame={isSame} />
        <SharesTable service={service} draft={draft} onEdit={setEdited} />
        <AddRevision serviceId={service.id} draft={draft} onEdit={setEdited} />
        {!isSame && problem !== null && (
          <p className="field-error" role="alert">
            {problem}
          </p>
        )}
      </div>
      {isPlanned && (
        <SplitDialog
          service={service}
          shares={draft}
          onStarted={(id) => {
            setEdited(null);
            onStarted(id);
          }}
          onClose={() => setPlanned(false)}
        />
      )}
    </Panel>
  );
}

function SplitTag({ service, isBusy }: Pick<SplitEditorProps, 'service' | 'isBusy'>): ReactElement {
  if (isBusy || service.reconciling) return <Tag tone="accent">Moving</Tag>;
  return service.traffic.followsLatest ? (
    <Tag tone="ok">Follows the latest</Tag>
  ) : (
    <Tag tone="warn">Set by name</Tag>
  );
}

interface SplitBarsProps {
  readonly service: Service;
  readonly draft: readonly TrafficShare[];
  readonly isSame: boolean;
}

function SplitBars({ service, draft, isSame }: SplitBarsProps): ReactElement {
  return (
    <div className="traffic-bars">
      <span className="meta">Served</span>
      <div>
        <TrafficBar shares={service.serving.shares} tall legend={false} />
      </div>
      {!isSame && (
        <>
          <span className="meta">To be</span>
          <div>
            <TrafficBar shares={draft} tall legend={false} />
          </div>
        </>
      )}
    </div>
  );
}

interface SplitDialogProps {
  readonly service: Service;
  readonly shares: readonly TrafficShare[];
  readonly onStarted: (operationId: string) => void;
  readonly onClose: () => void;
}

function SplitDialog({ service, shares, onStarted, onClose }: SplitDialogProps): ReactElement {
  const plan = useTrafficPlan(service.id, shares);
  const set = useSetTraffic();
  return (
    <PlanDialog
      plan={plan}
      title={`Split the traffic of ${service.id}?`}
      confirm="Set this split"
      cancel="Keep the split as it is"
      isUnderWay={set.isUnderWay}
      error={set.error}
      run={(etag, then) =>
        set.mutate({ service: service.id, shares: [...shares], reason: '', etag }, then)
      }
      onStarted={onStarted}
      onClose={onClose}
    />
  );
}
