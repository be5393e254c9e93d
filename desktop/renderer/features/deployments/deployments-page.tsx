import { useState } from 'react';
import type { ReactElement } from 'react';
import { mayChange } from '../../../shared/domain/revision-actions.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
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
import { useSelectedTarget } from './use-deployments.ts';
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
  const permission = target === undefined ? undefined : mayChange(target);
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
      actions={
        view === 'revisions' && (
          <Button
            kind="primary"
            refusal={permission?.allowed === false ? permission.reason : null}
            onClick={openDeploy}
          >
            Deploy…
          </Button>
        )
      }
    >
      {view === 'revisions' && (
        <ServiceBoard
          key={service}
          serviceId={service}
          target={target}
          startedId={startedId}
          onDeploy={openDeploy}
          onStarted={setStartedId}
        />
      )}
      {view === 'canary' && <CanaryBoard key={service} serviceId={service} target={target} />}
      {view === 'traffic' && (
        <TrafficBoard
          key={service}
          serviceId={service}
          target={target}
          onStarted={(id) => {
            setStartedId(id);
            setView('revisions');
          }}
        />
      )}
      {view === 'releases' && <ReleasesBoard target={target} />}
      {action === 'deploy' && (
        <DeployDialog serviceId={service} onStarted={setStartedId} onClose={close} />
      )}
      {action === 'rollback' && target !== undefined && (
        <LatestRollBackDialog
          serviceId={service}
          target={target}
          onStarted={setStartedId}
          onClose={close}
        />
      )}
    </Page>
  );
}
