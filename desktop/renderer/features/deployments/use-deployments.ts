import { keepPreviousData, skipToken, useMutation, useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import type { DeployInput, RevisionRow } from '../../../shared/contract/deployments.ts';
import type { CostReport } from '../../../shared/domain/cost/cost-report.ts';
import type { DomainMapping } from '../../../shared/domain/domain-mapping.ts';
import type { Operation } from '../../../shared/domain/operation.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { useConsole } from '../../api/console-context.tsx';
import { paceOf } from '../../api/pace.ts';

/** A month doesn't change in a minute. */
const COST_EVERY_MS = 60_000;

/** DNS and certificates take minutes. */
const DOMAINS_EVERY_MS = 30_000;

/** Revisions of a service, newest first. */
export function useRevisions(service: string, busy: boolean): UseQueryResult<RevisionRow[]> {
  const { queries } = useConsole();
  return useQuery(
    queries.deployments.listRevisions.queryOptions({
      input: { service },
      refetchInterval: paceOf(busy),
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
