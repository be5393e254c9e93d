import { useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import type { Service } from '../../shared/domain/revision.ts';
import { isInMotion } from '../../shared/domain/revision.ts';
import { useConsole } from './console-context.tsx';
import { paceOf } from './pace.ts';

/**
 * The deployed services of the target. Read often while an operation is `busy` and, whoever began
 * that, while the platform still works on one of them.
 */
export function useServices(busy: boolean): UseQueryResult<Service[]> {
  const { queries } = useConsole();
  return useQuery(
    queries.deployments.listServices.queryOptions({
      refetchInterval: ({ state }) => paceOf(busy || (state.data ?? []).some(isInMotion)),
    }),
  );
}
