import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import type { Settings } from '../../../shared/domain/settings.ts';
import type { Target, TargetMode } from '../../../shared/domain/target.ts';
import { useConsole } from '../../api/console-context.tsx';

interface SettingsAnswer {
  readonly settings: Settings;
  readonly stateFolder: string;
  readonly warning: string | null;
}

/** What the console remembers, where, and what happened to the file. */
export function useSettings(): UseQueryResult<SettingsAnswer> {
  const { queries } = useConsole();
  return useQuery(queries.settings.read.queryOptions({ staleTime: Infinity }));
}

interface TargetList {
  readonly targets: readonly Target[];
  readonly selected: string;
}

/** The targets with the selected one. */
export function useTargets(): UseQueryResult<TargetList> {
  const { queries } = useConsole();
  return useQuery(queries.targets.list.queryOptions());
}

interface ModeChange {
  readonly isPending: boolean;
  readonly error: unknown;
  /** The mode being set, so that the choice doesn't flash back while main works. */
  readonly pending: { readonly id: string; readonly mode: TargetMode } | null;
  readonly setMode: (id: string, mode: TargetMode) => void;
}

/** Changes the mode of a target at once; a failure is shown beside the choice. */
export function useModeChange(): ModeChange {
  const { queries } = useConsole();
  const cache = useQueryClient();
  const change = useMutation(
    queries.targets.setMode.mutationOptions({
      meta: { inline: true },
      onSettled: () => cache.invalidateQueries({ queryKey: queries.targets.list.queryKey() }),
    }),
  );
  return {
    isPending: change.isPending,
    error: change.error,
    pending: change.isPending ? change.variables : null,
    setMode: (id, mode) => {
      if (!change.isPending) change.mutate({ id, mode });
    },
  };
}

interface About {
  readonly version: string;
  readonly runtimes: readonly { readonly name: string; readonly version: string }[];
}

/** Versions of the console and its runtimes. */
export function useAbout(): UseQueryResult<About> {
  const { queries } = useConsole();
  return useQuery(queries.settings.about.queryOptions({ staleTime: Infinity }));
}
