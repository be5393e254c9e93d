import { useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import type { AuditEntry } from '../../../shared/contract/audit.ts';
import { isTerminal } from '../../../shared/domain/operation.ts';
import type { Service } from '../../../shared/domain/revision.ts';
import { useConsole } from '../../api/console-context.tsx';
import { useLiveSources } from '../../api/live-sources.ts';
import { paceOf } from '../../api/pace.ts';
import { useLiveQuery } from '../../api/use-live-query.ts';
import type { LiveQuery } from '../../api/use-live-query.ts';
import { useServices } from '../../api/use-services.ts';
import type { StackStatus } from '../../../shared/contract/stack.ts';
import type { StackHealth } from '../../../shared/domain/health.ts';
import type { ServiceFigures } from '../../../shared/domain/latency-board.ts';
import type { Operation } from '../../../shared/domain/operation.ts';

const AUDIT_LIMIT = 20;

interface Overview {
  readonly stack: LiveQuery<StackStatus>;
  readonly health: LiveQuery<StackHealth>;
  readonly figures: LiveQuery<readonly ServiceFigures[]>;
  readonly operations: LiveQuery<readonly Operation[]>;
  readonly services: UseQueryResult<Service[]>;
  readonly audit: UseQueryResult<AuditEntry[]>;
}

/** Everything the Overview shows. Traffic and audit change with operations, so they follow those. */
export function useOverview(): Overview {
  const { queries } = useConsole();
  const sources = useLiveSources();
  const operations = useLiveQuery(sources.operations);
  const isBusy = (operations.value ?? []).some((operation) => !isTerminal(operation.state));
  return {
    stack: useLiveQuery(sources.stack),
    health: useLiveQuery(sources.health),
    figures: useLiveQuery(sources.figures),
    operations,
    services: useServices(isBusy),
    audit: useQuery(
      queries.audit.list.queryOptions({
        input: { limit: AUDIT_LIMIT },
        refetchInterval: paceOf(isBusy),
      }),
    ),
  };
}
