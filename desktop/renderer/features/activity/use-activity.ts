import { useMutation, useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import type {
  AuditEntry,
  AuditExport,
  AuditFormat,
  AuditVerdict,
} from '../../../shared/contract/audit.ts';
import type { Operation } from '../../../shared/domain/operation.ts';
import { useConsole } from '../../api/console-context.tsx';
import { useLiveSources } from '../../api/live-sources.ts';
import type { LiveQuery } from '../../api/use-live-query.ts';
import { useLiveQuery } from '../../api/use-live-query.ts';

/** As many entries as the contract gives at once. */
const AUDIT_LIMIT = 500;
const AUDIT_EVERY_MS = 5_000;

/** All operations, newest first. */
export function useOperations(): LiveQuery<readonly Operation[]> {
  return useLiveQuery(useLiveSources().operations);
}

/** The newest audit entries. */
export function useAudit(): UseQueryResult<AuditEntry[]> {
  const { queries } = useConsole();
  return useQuery(
    queries.audit.list.queryOptions({
      input: { limit: AUDIT_LIMIT },
      refetchInterval: AUDIT_EVERY_MS,
    }),
  );
}

interface ChainCheck {
  readonly isPending: boolean;
  readonly error: unknown;
  readonly verdict: AuditVerdict | undefined;
  readonly verify: () => void;
}

/** Recomputes the hash chain in main, when asked. A mutation only in the sense that it runs once. */
export function useChainCheck(): ChainCheck {
  const { client } = useConsole();
  const { isPending, error, data, mutate } = useMutation({
    mutationFn: () => client.audit.verify(),
    meta: { inline: true },
  });
  return {
    isPending,
    error,
    verdict: data,
    verify: () => {
      mutate();
    },
  };
}

interface AuditExporting {
  readonly error: unknown;
  readonly written: AuditExport | undefined;
  readonly write: (format: AuditFormat) => void;
}

/** Writes the whole log to a file; the page gets its path and not its content. */
export function useAuditExport(): AuditExporting {
  const { client } = useConsole();
  const { error, data, mutate } = useMutation({
    mutationFn: (format: AuditFormat) => client.audit.export({ format }),
    meta: { inline: true },
  });
  return {
    error,
    written: data,
    write: (format) => {
      mutate(format);
    },
  };
}
