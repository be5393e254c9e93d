import { ScrollText } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { AUDIT_FORMATS } from '../../../shared/contract/audit.ts';
import type { AuditEntry, AuditFormat } from '../../../shared/contract/audit.ts';
import { StaleBanner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SearchField } from '../../ui/field.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { AUDIT_FILTERS, filterAudit } from './activity-filter.ts';
import type { AuditFilter } from './activity-filter.ts';
import { AuditTable } from './audit-table.tsx';
import { ChainVerdict } from './chain-verdict.tsx';
import { ExportResult } from './export-result.tsx';
import { useAudit, useAuditExport, useChainCheck } from './use-activity.ts';

const LABELS: Readonly<Record<AuditFilter, string>> = {
  all: 'All',
  ok: 'Accepted',
  refused: 'Refused',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

const FORMATS: Readonly<Record<AuditFormat, string>> = {
  csv: 'CSV, for a spreadsheet',
  jsonl: 'JSON lines, with the hashes',
};

interface AuditQuery {
  readonly filter: AuditFilter;
  readonly search: string;
}
const EVERYTHING: AuditQuery = { filter: 'all', search: '' };

/** The record of every change: who, what, with what outcome; and whether it is still whole. */
export function AuditPanel(): ReactElement {
  const audit = useAudit();
  const chain = useChainCheck();
  const exported = useAuditExport();
  const retry = (): void => {
    audit.refetch().catch(reportError);
  };
  return (
    <Panel
      title="Audit log"
      className="activity-panel"
      end={
        <>
          <Menu
            trigger="Export"
            triggerClass="button button-small"
            align="end"
            items={AUDIT_FORMATS.map((format) => ({
              id: format,
              label: FORMATS[format],
              onChoose: () => exported.write(format),
            }))}
          />
          <Button small busy={chain.isPending} onClick={chain.verify}>
            Verify chain
          </Button>
        </>
      }
    >
      <ExportResult written={exported.written} error={exported.error} />
      <ChainVerdict verdict={chain.verdict} error={chain.error} />
      {audit.isError && audit.data !== undefined && (
        <StaleBanner error={audit.error} asOf={audit.dataUpdatedAt} onRetry={retry} />
      )}
      {audit.data !== undefined && <AuditContent entries={audit.data} isStale={audit.isError} />}
      {audit.data === undefined &&
        (audit.isError ? (
          <ErrorState error={audit.error} what="The audit log could not be read" onRetry={retry} />
        ) : (
          <SkeletonLines lines={5} label="Reading the audit log" />
        ))}
    </Panel>
  );
}

interface AuditContentProps {
  readonly entries: readonly AuditEntry[];
  readonly isStale: boolean;
}

function AuditContent({ entries, isStale }: AuditContentProps): ReactElement {
  const [query, setQuery] = useState<AuditQuery>(EVERYTHING);
  const shown = filterAudit(entries, query);
  if (entries.length === 0) {
    return (
      <EmptyState icon={<ScrollText />} title="Nothing has been changed yet">
        Every change leaves one entry here, also a refused one.
      </EmptyState>
    );
  }
  return (
    <>
      <div className="row activity-filters">
        <SearchField
          label="Search the audit log"
          placeholder="Action, subject, detail"
          value={query.search}
          onChange={(search) => setQuery({ ...query, search })}
        />
        <Segmented
          label="Outcome"
          value={query.filter}
          segments={AUDIT_FILTERS.map((id) => ({
            value: id,
            label: LABELS[id],
            count: filterAudit(entries, { filter: id, search: '' }).length,
          }))}
          onChange={(filter) => setQuery({ ...query, filter })}
        />
      </div>
      {shown.length === 0 ? (
        <EmptyState
          icon={<ScrollText />}
          title="No entry matches"
          action={<Button onClick={() => setQuery(EVERYTHING)}>Show all</Button>}
        />
      ) : (
        <div
          className={isStale ? 'activity-rows is-stale' : 'activity-rows'}
          tabIndex={0}
          role="group"
          aria-label="Audit entries"
        >
          <AuditTable entries={shown} />
        </div>
      )}
    </>
  );
}
