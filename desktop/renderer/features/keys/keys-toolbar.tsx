import type { ReactElement } from 'react';
import { SearchField } from '../../ui/field.tsx';
import { FreshnessMark } from '../../ui/freshness-mark.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { KEY_FILTERS } from './key-filter.ts';
import type { KeyFilter, KeyQuery } from './key-filter.ts';
import { USAGE_EVERY_MS } from './use-keys.ts';

const LABELS: Readonly<Record<KeyFilter, string>> = {
  all: 'All',
  active: 'Active',
  expiring: 'Expiring',
  expired: 'Expired',
  revoked: 'Revoked',
};

interface KeysToolbarProps {
  readonly query: KeyQuery;
  readonly counts: Readonly<Record<KeyFilter, number>>;
  /** Epoch ms of the newest usage figures. */
  readonly usageAt: number | null;
  readonly onChange: (query: KeyQuery) => void;
}

/** Search, segments with their counts, and the age of the usage figures. */
export function KeysToolbar({ query, counts, usageAt, onChange }: KeysToolbarProps): ReactElement {
  return (
    <div className="row keys-toolbar">
      <SearchField
        label="Search keys"
        placeholder="Name, prefix, last four"
        value={query.search}
        onChange={(search) => onChange({ ...query, search })}
      />
      <Segmented
        label="State"
        value={query.filter}
        segments={KEY_FILTERS.map((value) => ({
          value,
          label: LABELS[value],
          count: counts[value],
        }))}
        onChange={(filter) => onChange({ ...query, filter })}
      />
      <span className="grow" />
      <span className="meta">usage</span>
      <FreshnessMark at={usageAt} intervalMs={USAGE_EVERY_MS} source="gateway" />
    </div>
  );
}
