import { useState } from 'react';
import type { ReactElement } from 'react';
import { mayChange } from '../../../shared/domain/revision-actions.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { DeployDialog } from './deploy-dialog.tsx';
import { useDeployLink } from './deploy-link.ts';
import { ServiceBoard } from './service-board.tsx';
import { useSelectedTarget } from './use-deployments.ts';
import './deployments.css';

const SERVICES: readonly { value: StackServiceId; label: string }[] = [
  { value: 'gateway', label: 'Gateway' },
  { value: 'backend', label: 'Backend' },
];

/** Revisions and traffic of the services: deploy, watch it happen, go back. */
export function DeploymentsPage(): ReactElement {
  const [service, setService] = useState<StackServiceId>('gateway');
  const [isDeploying, setDeploying] = useState(false);
  const target = useSelectedTarget();
  const permission = target === undefined ? undefined : mayChange(target);
  useDeployLink((link) => {
    setService(link.service);
    setDeploying(link.opensDialog);
  });
  const openDeploy = (): void => setDeploying(true);
  return (
    <Page
      title="Deployments"
      className="deployments-page"
      aside={
        <Segmented label="Service" segments={SERVICES} value={service} onChange={setService} />
      }
      actions={
        <Button
          kind="primary"
          refusal={permission?.allowed === false ? permission.reason : null}
          onClick={openDeploy}
        >
          Deploy…
        </Button>
      }
    >
      <ServiceBoard key={service} serviceId={service} target={target} onDeploy={openDeploy} />
      {isDeploying && <DeployDialog serviceId={service} onClose={() => setDeploying(false)} />}
    </Page>
  );
}
