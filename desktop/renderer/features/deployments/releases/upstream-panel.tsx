import { useState } from 'react';
import type { ReactElement } from 'react';
import { isTerminal } from '../../../../shared/domain/operation.ts';
import { Button } from '../../../ui/button.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { TextField } from '../../../ui/field.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { SkeletonLines } from '../../../ui/skeleton.tsx';
import { Tag } from '../../../ui/status-dot.tsx';
import { PlanDialog } from '../plan-dialog.tsx';
import { useOperations } from '../use-operation.ts';
import { useSwitchUpstream, useUpstream, useUpstreamPlan } from '../use-rollouts.ts';

interface UpstreamPanelProps {
  readonly refusal: string | null;
}

function isAddress(text: string): boolean {
  return /^https?:\/\/[^\s/]+/.test(text) && URL.canParse(text);
}

/** Which backend the gateway calls, and the way to another one and back. */
export function UpstreamPanel({ refusal }: UpstreamPanelProps): ReactElement {
  const operations = useOperations().value ?? [];
  const isBusy = operations.some(
    ({ kind, state }) => kind === 'switch_upstream' && !isTerminal(state),
  );
  const upstream = useUpstream(isBusy);
  const [typed, setTyped] = useState('');
  const [planned, setPlanned] = useState<string | null>(null);
  const { data } = upstream;
  const elsewhere = data !== undefined && data.own !== null && data.url !== data.own;
  return (
    <Panel
      title="Backend of the gateway"
      aside={
        data !== undefined && (
          <Tag tone={elsewhere ? 'warn' : 'idle'}>{elsewhere ? 'Elsewhere' : 'Of this stack'}</Tag>
        )
      }
    >
      <div className="panel-body upstream-body">
        {upstream.isPending && <SkeletonLines lines={2} label="Reading the address" />}
        {data === undefined && upstream.isError && (
          <ErrorState error={upstream.error} what="The address could not be read" />
        )}
        {data !== undefined && <p className="mono upstream-address">{data.url ?? 'none yet'}</p>}
        <TextField
          label="Another address"
          hint="Cloud Run, GKE or anywhere else that the gateway can reach."
          placeholder="https://"
          inputMode="url"
          value={typed}
          onChange={setTyped}
        />
        <div className="row">
          <Button
            small
            refusal={
              refusal ?? (isAddress(typed) ? null : 'Type an address that begins with http.')
            }
            onClick={() => setPlanned(typed.trim())}
          >
            Switch…
          </Button>
          {elsewhere && (
            <Button small refusal={refusal} onClick={() => setPlanned(data.own)}>
              Back to this stack’s…
            </Button>
          )}
        </div>
      </div>
      {planned !== null && (
        <SwitchDialog
          url={planned}
          onStarted={() => setTyped('')}
          onClose={() => setPlanned(null)}
        />
      )}
    </Panel>
  );
}

interface SwitchDialogProps {
  readonly url: string;
  readonly onStarted: () => void;
  readonly onClose: () => void;
}

function SwitchDialog({ url, onStarted, onClose }: SwitchDialogProps): ReactElement {
  const plan = useUpstreamPlan(url);
  const change = useSwitchUpstream();
  return (
    <PlanDialog
      plan={plan}
      title={`Point the gateway at ${url}?`}
      confirm="Switch the backend"
      cancel="Keep the backend"
      isUnderWay={change.isUnderWay}
      error={change.error}
      run={(_etag, then) => change.mutate({ url }, then)}
      onStarted={onStarted}
      onClose={onClose}
    />
  );
}
