import { useQuery } from '@tanstack/react-query';
import type { Target } from '../../shared/domain/target.ts';
import { useConsole } from './console-context.tsx';

/** The target that everything on screen is about; undefined until it is known. */
export function useSelectedTarget(): Target | undefined {
  const { queries } = useConsole();
  const { data } = useQuery(queries.targets.list.queryOptions());
  return data?.targets.find((target) => target.id === data.selected);
}
