import type { ReactElement } from 'react';
import type { Operation } from '../../../shared/domain/operation.ts';
import { isTerminal } from '../../../shared/domain/operation.ts';
import type { Service } from '../../../shared/domain/revision.ts';
import { isInMotion, servingRevision } from '../../../shared/domain/revision.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { elapsed } from '../../ui/format-time.ts';
import { wholePercent } from '../../ui/format-number.ts';
import { Panel } from '../../ui/panel.tsx';
import { Pill } from '../../ui/status-dot.tsx';
import { TrafficBar } from '../../ui/traffic-bar.tsx';
import { CostEstimateLine } from './cost-line.tsx';
import { DomainLines } from './domain-lines.tsx';
import { verificationOf } from './operation-view.ts';

interface ServingPanelProps {
  readonly service: Service;
  readonly operations: readonly Operation[];
  readonly isStale: boolean;
}

function isVerifying(operations: readonly Operation[], serviceId: string): boolean {
  return operations.some(
    (operation) =>
      operation.service === serviceId &&
      !isTerminal(operation.state) &&
      operation.stages.some((stage) => stage.id === 'verify' && stage.state === 'running'),
  );
}

/** How sure the console is of what serves: success is only what the public address answered. */
function ProofPill({ service, operations }: Omit<ServingPanelProps, 'isStale'>): ReactElement {
  const serving = servingRevision(service);
  const share = service.serving.shares.find(({ revision }) => revision === serving)?.percent ?? 0;
  if (isVerifying(operations, service.id)) return <Pill tone="running">Verifying</Pill>;
  if (isInMotion(service)) return <Pill tone="running">Shifting traffic</Pill>;
  if (serving === null) return <Pill tone="bad">No traffic served</Pill>;
  const proof = verificationOf(operations, serving);
  if (proof === null) {
    return (
      <Pill tone="idle" title="No operation of this console has verified this revision.">
        {`${wholePercent(share)} · not verified here`}
      </Pill>
    );
  }
  const answers = `${String(proof.verifiedAnswers)} of ${String(proof.wantedAnswers)}`;
  return (
    <Pill tone="ok" title={`Verified in ${elapsed(proof.elapsedMs)} at the public address`}>
      {`${wholePercent(share)} · verified by ${answers}`}
    </Pill>
  );
}

/** What answers at the public address now, and how that is known. */
export function ServingPanel({ service, operations, isStale }: ServingPanelProps): ReactElement {
  const serving = servingRevision(service);
  const previous = serving === null ? null : verificationOf(operations, serving)?.previousRevision;
  const served = service.serving.shares.filter(({ percent }) => percent > 0);
  return (
    <Panel label="Serving" className={isStale ? 'serving is-stale' : 'serving'}>
      <div className="serving-line">
        <h2>Serving</h2>
        <span className="mono">{serving ?? 'nothing'}</span>
        <ProofPill service={service} operations={operations} />
        {service.uri !== '' && (
          <span className="serving-address">
            <span className="meta mono">{service.uri}</span>
            <CopyButton text={service.uri} label="Copy address" iconOnly />
          </span>
        )}
        <span className="grow" />
        {previous !== null && previous !== undefined && previous !== serving && (
          <span className="meta">
            {'before: '}
            <span className="mono">{previous}</span>
          </span>
        )}
      </div>
      <TrafficBar shares={service.serving.shares} tall legend={served.length > 1} />
      <DomainLines serviceId={service.id} />
      <CostEstimateLine serviceId={service.id} />
    </Panel>
  );
}
