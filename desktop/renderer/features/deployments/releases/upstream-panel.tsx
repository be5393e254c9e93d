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
  const upstream = useUpstream(useIsSwitching());
  const [planned, setPlanned] = useState<string | null>(null);
  // What was typed is done with once it is under way.
  const [switches, setSwitches] = useState(0);
  const { data } = upstream;
  const own = data !== undefined && data.url !== data.own ? data.own : null;
  return (
    <Panel title="Backend of the gateway" aside={data !== undefined && <PlaceTag own={own} />}>
      <div className="panel-body upstream-body">
        <Address upstream={upstream} />
        <SwitchForm key={switches} refusal={refusal} own={own} onPlan={setPlanned} />
      </div>
      {planned !== null && (
        <SwitchDialog
          url={planned}
          onStarted={() => setSwitches(switches + 1)}
          onClose={() => setPlanned(null)}
        />
      )}
    </Panel>
  );
}

function useIsSwitching(): boolean {
  const operations = useOperations().value ?? [];
  return operations.some(({ kind, state }) => kind === 'switch_upstream' && !isTerminal(state));
}

function PlaceTag({ own }: { readonly own: string | null }): ReactElement {
  return own === null ? <Tag>Of this stack</Tag> : <Tag tone="warn">Elsewhere</Tag>;
}

function Address({
  upstream,
}: {
  readonly upstream: ReturnType<typeof useUpstream>;
}): ReactElement {
  if (upstream.isPending) return <SkeletonLines lines={2} label="Reading the address" />;
  if (upstream.data === undefined) {
    return <ErrorState error={upstream.error} what="The address could not be read" />;
  }
  return <p className="mono upstream-address">{upstream.data.url ?? 'none yet'}</p>;
}

interface SwitchFormProps extends UpstreamPanelProps {
  /** The stack's own backend, when the gateway calls another one. */
  readonly own: string | null;
  readonly onPlan: (url: string) => void;
}

function SwitchForm({ refusal, own, onPlan }: SwitchFormProps): ReactElement {
  const [typed, setTyped] = useState('');
  const problem = isAddress(typed) ? null : 'Type an address that begins with http.';
  return (
    <>
      <TextField
        label="Another address"
        hint="Cloud Run, GKE or anywhere else that the gateway can reach."
        placeholder="https://"
        inputMode="url"
        value={typed}
        onChange={setTyped}
      />
      <div className="row">
        <Button small refusal={refusal ?? problem} onClick={() => onPlan(typed.trim())}>
          Switch…
        </Button>
        {own !== null && (
          <Button small refusal={refusal} onClick={() => onPlan(own)}>
            Back to this stack’s…
          </Button>
        )}
      </div>
    </>
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
      run={(etag, then) => change.mutate({ url, etag }, then)}
      onStarted={onStarted}
      onClose={onClose}
    />
  );
}
