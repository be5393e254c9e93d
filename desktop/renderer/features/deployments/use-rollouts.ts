import { skipToken, useMutation, useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import type { CanaryStart } from '../../../shared/contract/canary.ts';
import type { ReleaseOverview } from '../../../shared/contract/releases.ts';
import type { TrafficInput } from '../../../shared/contract/traffic.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { TrafficShare } from '../../../shared/domain/traffic.ts';
import { useConsole } from '../../api/console-context.tsx';
import { paceOf } from '../../api/pace.ts';
import type { Change, Started } from './use-deployments.ts';
import { INLINE, toChange } from './use-deployments.ts';

/** Starts a canary. Its dialog shows a failure itself, as do all below. */
export function useStartCanary(): Change<CanaryStart, Started> {
  const { queries } = useConsole();
  return toChange(useMutation(queries.canary.start.mutationOptions(INLINE)));
}

/** Plan of a canary's first step; nothing is asked while there is no order. */
export function useCanaryPlan(order: CanaryStart | null): UseQueryResult<Plan> {
  const { queries } = useConsole();
  return useQuery(
    queries.canary.plan.queryOptions({ input: order ?? skipToken, staleTime: 0, gcTime: 0 }),
  );
}

export type CanaryDecision = 'hold' | 'resume' | 'promote' | 'abort';
interface Because {
  id: string;
  reason: string;
}

/** What a human may decide about a canary that runs. */
export function useCanaryDecision(kind: CanaryDecision): Change<Because, { id: string }> {
  const { queries } = useConsole();
  return toChange(useMutation(queries.canary[kind].mutationOptions(INLINE)));
}

/** Sets the split of a service by hand. */
export function useSetTraffic(): Change<TrafficInput, Started> {
  const { queries } = useConsole();
  return toChange(useMutation(queries.traffic.set.mutationOptions(INLINE)));
}

/** Plan of a split; nothing is asked while there is none. */
export function useTrafficPlan(
  service: string,
  shares: readonly TrafficShare[] | null,
): UseQueryResult<Plan> {
  const { queries } = useConsole();
  return useQuery(
    queries.deployments.planTraffic.queryOptions({
      input: shares === null ? skipToken : { service, shares: [...shares] },
      staleTime: 0,
      gcTime: 0,
    }),
  );
}

/** Releases of the target and the pair that serves. */
export function useReleases(busy: boolean): UseQueryResult<ReleaseOverview> {
  const { queries } = useConsole();
  return useQuery(queries.releases.list.queryOptions({ refetchInterval: paceOf(busy) }));
}

export function useStartRelease(): Change<{ build: boolean }, Started> {
  const { queries } = useConsole();
  return toChange(useMutation(queries.releases.start.mutationOptions(INLINE)));
}

/** Which pair both services go back to: the release's own, or the one that served before it. */
export interface PairChoice {
  readonly id: string;
  readonly to: 'itself' | 'before';
}

export function useRollBackRelease(): Change<PairChoice, Started> {
  const { queries } = useConsole();
  return toChange(useMutation(queries.releases.rollBack.mutationOptions(INLINE)));
}

/** Which backend the gateway calls. */
export function useUpstream(
  busy: boolean,
): UseQueryResult<{ url: string | null; own: string | null }> {
  const { queries } = useConsole();
  return useQuery(queries.upstream.read.queryOptions({ refetchInterval: paceOf(busy) }));
}

export function useUpstreamPlan(url: string | null): UseQueryResult<Plan> {
  const { queries } = useConsole();
  return useQuery(
    queries.upstream.plan.queryOptions({
      input: url === null ? skipToken : { url },
      staleTime: 0,
      gcTime: 0,
    }),
  );
}

export function useSwitchUpstream(): Change<{ url: string; etag: string }, Started> {
  const { queries } = useConsole();
  return toChange(useMutation(queries.upstream.switch.mutationOptions(INLINE)));
}
