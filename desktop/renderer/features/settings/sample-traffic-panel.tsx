import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { SyntheticEvent, ReactElement } from 'react';
import type { SampleTraffic } from '../../../shared/contract/stack.ts';
import { useConsole } from '../../api/console-context.tsx';
import { useLiveSources } from '../../api/live-sources.ts';
import { useLiveQuery } from '../../api/use-live-query.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorState, InlineError } from '../../ui/error-state.tsx';
import { TextField } from '../../ui/field.tsx';
import { count } from '../../ui/format-number.ts';
import { Panel } from '../../ui/panel.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { Switch } from '../../ui/switch.tsx';
import { rateProblem } from './traffic-rate.ts';

/** Requests that the console itself sends through the gateway, so that there is something to see. */
export function SampleTrafficPanel(): ReactElement {
  const { value, error } = useLiveQuery(useLiveSources().sampleTraffic);
  return (
    <Panel title="Sample traffic">
      {value !== undefined && <TrafficForm traffic={value} />}
      {value === undefined &&
        (error === null ? (
          <SkeletonLines lines={2} label="Reading the sample traffic" />
        ) : (
          <ErrorState error={error} what="The sample traffic could not be read" />
        ))}
    </Panel>
  );
}

function TrafficForm({ traffic }: { readonly traffic: SampleTraffic }): ReactElement {
  const { queries } = useConsole();
  const change = useMutation(
    queries.stack.setSampleTraffic.mutationOptions({ meta: { inline: true } }),
  );
  const [typed, setTyped] = useState<string | null>(null);
  const rate = typed ?? String(traffic.requestsPerSecond);
  const problem = rateProblem(rate);
  // The switch leaves the rate as it is, so that it works whatever is typed.
  const onSwitch = (on: boolean): void => {
    change.mutate({ on, requestsPerSecond: traffic.requestsPerSecond });
  };
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (change.isPending || problem !== null) return;
    change.mutate(
      { on: traffic.on, requestsPerSecond: Number(rate) },
      { onSuccess: () => setTyped(null) },
    );
  };
  return (
    <form className="panel-body settings-stack" onSubmit={onSubmit} noValidate>
      <Switch checked={traffic.on} disabled={change.isPending} onChange={onSwitch}>
        Send requests with the sample key
      </Switch>
      <div className="traffic-rate">
        <TextField
          label="Requests per second"
          inputMode="numeric"
          value={rate}
          error={problem}
          hint="From 1 to 500."
          onChange={setTyped}
        />
        <Button
          type="submit"
          busy={change.isPending}
          refusal={rate === String(traffic.requestsPerSecond) ? 'This is the rate now.' : problem}
        >
          Set rate
        </Button>
      </div>
      <p className="meta num">
        {`${count(traffic.sent)} sent, ${count(traffic.failed)} failed`}
        {traffic.lastFailure !== null && `: ${traffic.lastFailure}`}
      </p>
      {change.error !== null && <InlineError error={change.error} />}
    </form>
  );
}
