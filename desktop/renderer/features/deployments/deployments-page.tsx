import { useState } from 'react';
import type { ComponentProps, ReactElement } from 'react';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import type { Target } from '../../../shared/domain/target.ts';
import { useChangeRefusal } from '../../api/use-change-refusal.ts';
import { useSelectedTarget } from '../../api/use-selected-target.ts';
import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { useActionLink } from '../../ui/use-action-link.ts';
import { CanaryBoard } from './canary/canary-board.tsx';
import { DeployDialog } from './deploy-dialog.tsx';
import { readDeployLink } from './deploy-link.ts';
import type { DeployAction } from './deploy-link.ts';
import { LatestRollBackDialog } from './latest-roll-back-dialog.tsx';
import { ReleasesBoard } from './releases/releases-board.tsx';
import { ServiceBoard } from './service-board.tsx';
import { TrafficBoard } from './traffic/traffic-board.tsx';
import './deployments.css';

const SERVICES: readonly { value: StackServiceId; label: string }[] = [
  { value: 'gateway', label: 'Gateway' },
  { value: 'backend', label: 'Backend' },
];

const VIEWS = [
  { value: 'revisions', label: 'Revisions' },
  { value: 'canary', label: 'Canary' },
  { value: 'traffic', label: 'Traffic' },
  { value: 'releases', label: 'Releases' },
] as const;
type View = (typeof VIEWS)[number]['value'];

/** Revisions and traffic of the services: deploy, watch it happen, try it on a few, go back. */
export function DeploymentsPage(): ReactElement {
  const [service, setService] = useState<StackServiceId>('gateway');
  const [view, setView] = useState<View>('revisions');
  const [action, setAction] = useState<DeployAction | null>(null);
  const target = useSelectedTarget();
  // The list of operations lags a moment behind the answer that starts one.
  const [startedId, setStartedId] = useState<string | null>(null);
  const choose = (next: StackServiceId): void => {
    setService(next);
    setStartedId(null);
  };
  useActionLink((query) => {
    const link = readDeployLink(query);
    if (link === null) return false;
    choose(link.service);
    setView('revisions');
    setAction(link.action);
    return true;
  });
  const openDeploy = (): void => setAction('deploy');
  const followSplit = (id: string): void => {
    setStartedId(id);
    setView('revisions');
  };
  const close = (): void => setAction(null);
  return (
    <Page
      title="Deployments"
      className="deployments-page"
      aside={
        <>
          <Segmented label="View" segments={VIEWS} value={view} onChange={setView} />
          {view !== 'releases' && (
            <Segmented label="Service" segments={SERVICES} value={service} onChange={choose} />
          )}
        </>
      }
      actions={view === 'revisions' && <DeployButton onClick={openDeploy} />}
    >
      <ViewBoard
        key={service}
        view={view}
        serviceId={service}
        target={target}
        startedId={startedId}
        onDeploy={openDeploy}
        onStarted={setStartedId}
        onSplit={followSplit}
      />
      <ActionDialog
        action={action}
        serviceId={service}
        target={target}
        onStarted={setStartedId}
        onClose={close}
      />
    </Page>
  );
}

function DeployButton({ onClick }: { readonly onClick: () => void }): ReactElement {
  return (
    <Button kind="primary" refusal={useChangeRefusal()} onClick={onClick}>
      Deploy…
    </Button>
  );
}

interface ViewBoardProps extends ComponentProps<typeof ServiceBoard> {
  readonly view: View;
  readonly onSplit: (operationId: string) => void;
}

function ViewBoard({ view, onSplit, ...board }: ViewBoardProps): ReactElement {
  const { serviceId, target } = board;
  switch (view) {
    case 'revisions':
      return <ServiceBoard {...board} />;
    case 'canary':
      return <CanaryBoard serviceId={serviceId} target={target} />;
    case 'traffic':
      return <TrafficBoard serviceId={serviceId} target={target} onStarted={onSplit} />;
    case 'releases':
      return <ReleasesBoard target={target} />;
  }
}

interface ActionDialogProps {
  readonly action: DeployAction | null;
  readonly serviceId: StackServiceId;
  readonly target: Target | undefined;
  readonly onStarted: (operationId: string) => void;
  readonly onClose: () => void;
}

function ActionDialog({ action, target, ...dialog }: ActionDialogProps): ReactElement | null {
  if (action === 'deploy') return <DeployDialog {...dialog} />;
  if (action !== 'rollback' || target === undefined) return null;
  return <LatestRollBackDialog {...dialog} target={target} />;
}
