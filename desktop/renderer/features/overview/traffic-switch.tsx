import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useConsole } from '../../api/console-context.tsx';
import { useLiveSources } from '../../api/live-sources.ts';
import { useLiveQuery } from '../../api/use-live-query.ts';
import { count } from '../../ui/format-number.ts';
import { Switch } from '../../ui/switch.tsx';

/** Sends documented requests with the sample key, so that there is something to look at. */
export function TrafficSwitch(): ReactElement | null {
  const { queries } = useConsole();
  const cache = useQueryClient();
  const source = useLiveSources().sampleTraffic;
  const { value } = useLiveQuery(source);
  const set = useMutation(
    queries.stack.setSampleTraffic.mutationOptions({
      onSuccess: (next) => cache.setQueryData(source.key, next),
    }),
  );
  if (value === undefined) return null;
  // While the call is under way the switch stands where the operator put it.
  const isOn = set.isPending ? set.variables.on : value.on;
  const sent = `${count(value.sent)} sent, ${count(value.failed)} failed`;
  return (
    <Switch
      checked={isOn}
      title={value.lastFailure === null ? sent : `${sent}. Last failure: ${value.lastFailure}`}
      onChange={(on) => {
        set.mutate({ on, requestsPerSecond: value.requestsPerSecond });
      }}
    >
      Sample traffic{isOn ? `: ${count(value.requestsPerSecond)} req/s` : ' is off'}
    </Switch>
  );
}
