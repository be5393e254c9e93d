import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import type { TargetDetails } from '../../../shared/contract/targets.ts';
import type { PlatformDifference } from '../../../shared/domain/platform-difference.ts';
import type { PreflightFinding } from '../../../shared/domain/preflight.ts';
import type { SignInStatus } from '../../../shared/domain/sign-in.ts';
import type { Target, TargetClass } from '../../../shared/domain/target.ts';
import { useConsole } from '../../api/console-context.tsx';
import { useLiveSources } from '../../api/live-sources.ts';
import { useLiveQuery } from '../../api/use-live-query.ts';
import type { LiveQuery } from '../../api/use-live-query.ts';

type Done<Input> = UseMutationResult<unknown, Error, Input>;

/** Adds a target, or changes the one of that id. */
export function useSaveTarget(id: string | null): Done<TargetDetails> {
  const { client } = useConsole();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (details: TargetDetails): Promise<Target> =>
      id === null ? client.targets.add(details) : client.targets.edit({ ...details, id }),
    meta: { inline: true },
    onSettled: refresh,
  });
}

export function useRemoveTarget(): Done<{ id: string }> {
  const { queries } = useConsole();
  const refresh = useRefresh();
  const meta = { inline: true };
  return useMutation(queries.targets.remove.mutationOptions({ meta, onSettled: refresh }));
}

export function useClassChange(): Done<{ id: string; class: TargetClass }> {
  const { queries } = useConsole();
  const refresh = useRefresh();
  const meta = { inline: true };
  return useMutation(queries.targets.setClass.mutationOptions({ meta, onSettled: refresh }));
}

/** How the console stands with a target. */
export function useSignIn(id: string): LiveQuery<SignInStatus> {
  return useLiveQuery(useLiveSources().signIn(id));
}

interface SignInActions {
  readonly begin: Done<{ id: string }>;
  readonly cancel: Done<{ id: string }>;
  readonly end: Done<{ id: string }>;
}

export function useSignInActions(): SignInActions {
  const { queries } = useConsole();
  const meta = { inline: true };
  return {
    begin: useMutation(queries.targets.signIn.mutationOptions({ meta })),
    cancel: useMutation(queries.targets.cancelSignIn.mutationOptions({ meta })),
    end: useMutation(queries.targets.signOut.mutationOptions({ meta })),
  };
}

interface AccessCheck {
  readonly findings: readonly PreflightFinding[];
  readonly checkedAt: number;
}

/** What would keep changes from working there; asked when somebody wants to know. */
export function useAccessCheck(id: string, isWanted: boolean): UseQueryResult<AccessCheck> {
  const { queries } = useConsole();
  return useQuery(
    queries.targets.checkAccess.queryOptions({
      input: { id },
      enabled: isWanted,
      staleTime: Infinity,
      retry: false,
    }),
  );
}

/** Where a target behaves otherwise than Cloud Run; it says so itself and doesn't change its mind. */
export function useDifferences(id: string): UseQueryResult<PlatformDifference[]> {
  const { queries } = useConsole();
  return useQuery(queries.targets.differences.queryOptions({ input: { id }, retry: false }));
}

function useRefresh(): () => Promise<void> {
  const { queries } = useConsole();
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: queries.targets.list.queryKey() });
}
