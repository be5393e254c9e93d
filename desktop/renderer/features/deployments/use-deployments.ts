import {
  keepPreviousData,
  skipToken,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { DeployInput, RevisionRow } from '../../../shared/contract/deployments.ts';
import type { CostReport } from '../../../shared/domain/cost/cost-report.ts';
import type { DomainMapping } from '../../../shared/domain/domain-mapping.ts';
import { isTerminal } from '../../../shared/domain/operation.ts';
import type { Operation } from '../../../shared/domain/operation.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { Service } from '../../../shared/domain/revision.ts';
import { useConsole } from '../../api/console-context.tsx';

/** While an operation runs traffic and states change under the table; else they hardly do. */
const BUSY_EVERY_MS = 1_000;
const QUIET_EVERY_MS = 10_000;
/** A month doesn't change in a minute. */
const COST_EVERY_MS = 60_000;

/** DNS and certificates take minutes. */
const DOMAINS_EVERY_MS = 30_000;

const interval = (busy: boolean): number => (busy ? BUSY_EVERY_MS : QUIET_EVERY_MS);

/** The deployed services of the target. */
export function useServices(busy: boolean): UseQueryResult<Service[]> {
  const { queries } = useConsole();
  return useQuery(
    queries.deployments.listServices.queryOptions({ refetchInterval: interval(busy) }),
  );
}

/** Revisions of a service, newest first. */
export function useRevisions(service: string, busy: boolean): UseQueryResult<RevisionRow[]> {
  const { queries } = useConsole();
  return useQuery(
    queries.deployments.listRevisions.queryOptions({
      input: { service },
      refetchInterval: interval(busy),
    }),
  );
}

/** The own domains in front of a service; null where the target has none. */
export function useDomains(service: string): UseQueryResult<DomainMapping[] | null> {
  const { queries } = useConsole();
  return useQuery(
    queries.deployments.listDomains.queryOptions({
      input: { service },
      refetchInterval: DOMAINS_EVERY_MS,
    }),
  );
}

/**
 * Plan of a deploy; nothing is asked while `input` is null. A plan is never taken from the cache; the
 * one before stays on the screen while another choice is planned.
 */
export function useDeployPlan(input: DeployInput | null): UseQueryResult<Plan> {
  const { queries } = useConsole();
  return useQuery(
    queries.deployments.planDeploy.queryOptions({
      input: input ?? skipToken,
      staleTime: 0,
      gcTime: 0,
      placeholderData: keepPreviousData,
    }),
  );
}

/** Plan of a roll-back. */
export function useRollBackPlan(service: string, revision: string): UseQueryResult<Plan> {
  const { queries } = useConsole();
  return useQuery(
    queries.deployments.planRollBack.queryOptions({
      input: { service, revision },
      staleTime: 0,
      gcTime: 0,
    }),
  );
}

/** Plan of following the latest again. */
export function useResumePlan(service: string): UseQueryResult<Plan> {
  const { queries } = useConsole();
  return useQuery(
    queries.deployments.planResumeLatest.queryOptions({
      input: { service },
      staleTime: 0,
      gcTime: 0,
    }),
  );
}

/** The monthly estimate of the deployed services. */
export function useCost(): UseQueryResult<CostReport> {
  const { queries } = useConsole();
  return useQuery(queries.cost.estimate.queryOptions({ refetchInterval: COST_EVERY_MS }));
}

/** A change that main was or can be asked for. */
export interface Change<TInput, TOutput> {
  /** From the click until the dialog closes or the call has failed: a second click does nothing. */
  readonly isUnderWay: boolean;
  readonly error: unknown;
  readonly mutate: (
    input: TInput,
    then?: { onSuccess: (output: TOutput) => void; onError?: (error: Error) => void },
  ) => void;
}
/** Version of the service that the confirmed plan was read at. */
type Confirmed = { readonly etag: string };

/** Names the operation to follow. */
export type Started = { readonly operationId: string };

/** The dialog shows the failure itself. */
export const INLINE = { meta: { inline: true } } as const;

type Mutation<TInput, TOutput> = Pick<Change<TInput, TOutput>, 'error' | 'mutate'> & {
  readonly isPending: boolean;
  readonly isSuccess: boolean;
};

export function toChange<TInput, TOutput>(
  mutation: Mutation<TInput, TOutput>,
): Change<TInput, TOutput> {
  const { error, mutate, isPending, isSuccess } = mutation;
  return { error, mutate, isUnderWay: isPending || isSuccess };
}

/** Starts a deploy. Its dialog shows a failure itself, as do the two below. */
export function useDeploy(): Change<DeployInput & Confirmed, Started> {
  const { queries } = useConsole();
  return toChange(useMutation(queries.deployments.deploy.mutationOptions(INLINE)));
}

/** Starts a roll-back. */
export function useRollBack(): Change<Confirmed & { service: string; revision: string }, Started> {
  const { queries } = useConsole();
  return toChange(useMutation(queries.deployments.rollBack.mutationOptions(INLINE)));
}

/** Lets the traffic of a service follow its latest revision again. */
export function useResumeLatest(): Change<Confirmed & { service: string }, Started> {
  const { queries } = useConsole();
  return toChange(useMutation(queries.deployments.resumeLatest.mutationOptions(INLINE)));
}

/** Stops an operation; a failure is a toast. */
export function useCancelOperation(): Change<{ id: string }, Operation> {
  const { queries } = useConsole();
  return toChange(useMutation(queries.operations.cancel.mutationOptions()));
}

/** Ended since the services were read last, perhaps: quiet pages read them only now and then. */
function hasJustEnded(endedAt: number | null): boolean {
  return endedAt !== null && Date.now() - endedAt < QUIET_EVERY_MS;
}

/**
 * Reads services and revisions again when an operation of the service has just ended: also when it
 * was never seen running, because it ended while the page was being opened.
 */
export function useRefreshWhenDone(operation: Operation | null): void {
  const { queries } = useConsole();
  const cache = useQueryClient();
  const running = operation !== null && !isTerminal(operation.state) ? operation.id : null;
  const endedAt = operation?.endedAt ?? null;
  const before = useRef(running);
  useEffect(() => {
    const isOver = before.current !== null && before.current !== running;
    if (isOver || hasJustEnded(endedAt)) {
      for (const queryKey of [
        queries.deployments.listServices.queryKey(),
        queries.deployments.listRevisions.key(),
        queries.releases.list.queryKey(),
        queries.upstream.read.queryKey(),
      ]) {
        cache.invalidateQueries({ queryKey }).catch(reportError);
      }
    }
    before.current = running;
  }, [running, endedAt, queries, cache]);
}
