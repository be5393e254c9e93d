import { Scale } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { PlatformDifference } from '../../../shared/domain/platform-difference.ts';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { DataTable, TwoLines } from '../../ui/data-table.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SearchField } from '../../ui/field.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { matches, plainWords, proofOf } from './difference-words.ts';
import { useDifferences } from './use-targets.ts';

/** Words with what stands between backticks set as code. */
function Words({ text }: { readonly text: string }): ReactElement {
  return (
    <>
      {plainWords(text).map(({ words, isCode }, index) =>
        // The order of the parts is the text's own and never changes.
        isCode ? <code key={index}>{words}</code> : <span key={index}>{words}</span>,
      )}
    </>
  );
}

const COLUMNS: readonly Column<PlatformDifference>[] = [
  {
    id: 'topic',
    title: 'What',
    cell: (difference) => (
      <TwoLines first={difference.topic} second={proofOf(difference)} secondIsMono />
    ),
  },
  { id: 'here', title: 'Here', cell: ({ here }) => <Words text={here} /> },
  { id: 'there', title: 'Cloud Run', cell: ({ there }) => <Words text={there} /> },
];

interface DifferencesDialogProps {
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}

/** Where a stand-in for Cloud Run behaves otherwise, as it says itself. */
export function DifferencesDialog({ id, name, onClose }: DifferencesDialogProps): ReactElement {
  const [search, setSearch] = useState('');
  const differences = useDifferences(id);
  const all = differences.data ?? [];
  const found = all.filter((difference) => matches(difference, search));
  return (
    <Dialog
      title={`What differs from Cloud Run on ${name}`}
      lead="The adapter is the same; what it talks to is not. What isn’t listed here is meant to be equal."
      size="wide"
      onClose={onClose}
      footer={
        <>
          {all.length > 0 && (
            <span className="meta" role="status">
              {`${String(found.length)} of ${String(all.length)} · “unverified”: never compared with the real service`}
            </span>
          )}
          <span className="grow" />
          <Button data-autofocus onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      {all.length > 0 && (
        <SearchField
          label="Search the differences"
          placeholder="Search, for example etag"
          value={search}
          onChange={setSearch}
        />
      )}
      <div className="dialog-bleed differences" tabIndex={0} role="region" aria-label="Differences">
        <DifferenceList differences={differences} found={found} search={search} />
      </div>
    </Dialog>
  );
}

interface DifferenceListProps {
  readonly differences: ReturnType<typeof useDifferences>;
  readonly found: readonly PlatformDifference[];
  readonly search: string;
}

function DifferenceList({ differences, found, search }: DifferenceListProps): ReactElement {
  if (differences.data === undefined) {
    return differences.isError ? (
      <ErrorState
        error={differences.error}
        what="The differences could not be read"
        onRetry={() => {
          differences.refetch().catch(reportError);
        }}
      />
    ) : (
      <SkeletonLines lines={6} label="Reading the differences" />
    );
  }
  if (found.length > 0) {
    return (
      <DataTable
        label="Differences from Cloud Run"
        columns={COLUMNS}
        rows={found}
        rowKey={({ topic }) => topic}
      />
    );
  }
  return differences.data.length === 0 ? (
    <EmptyState icon={<Scale />} title="No difference is known">
      It says that it behaves like Cloud Run in everything.
    </EmptyState>
  ) : (
    <EmptyState icon={<Scale />} title={`Nothing differs in “${search}”`}>
      No difference names that. What isn’t listed is meant to be equal.
    </EmptyState>
  );
}
