import type { ReactElement } from 'react';
import type { ApiKey } from '../../../shared/domain/api-key.ts';
import { keyStatus, visibleKey } from '../../../shared/domain/api-key.ts';
import { useNow } from '../../api/use-now.ts';
import { Sparkline } from '../../charts/sparkline.tsx';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { DataTable, TwoLines } from '../../ui/data-table.tsx';
import { count } from '../../ui/format-number.ts';
import { ago, fullTime } from '../../ui/format-time.ts';
import { Pill } from '../../ui/status-dot.tsx';
import { keyState, limitShare } from './key-state.ts';
import { LimitGauge, LimitWords } from './key-limit.tsx';
import { spanWords } from './key-usage.ts';
import type { KeyCounts, UsedHour } from './key-usage.ts';

interface KeysTableProps {
  readonly keys: readonly ApiKey[];
  readonly usage: ReadonlyMap<string, KeyCounts>;
  readonly hourOf: (keyId: string) => UsedHour | null;
  readonly selectedId: string | null;
  readonly onSelect: (id: string) => void;
  readonly onRevoke: (key: ApiKey) => void;
}

interface LastHourProps {
  readonly apiKey: ApiKey;
  readonly usage: KeyCounts | undefined;
  readonly hour: UsedHour | null;
}

function LastHour({ apiKey, usage, hour }: LastHourProps): ReactElement {
  if (hour === null) {
    return (
      <span className="meta" title="Not measured yet.">
        –
      </span>
    );
  }
  if (usage === undefined || hour.total === 0) {
    return (
      <span className="meta" title={`No request ${spanWords(hour)}.`}>
        none
      </span>
    );
  }
  return (
    <Sparkline
      values={usage.perMinute}
      width={72}
      tone={limitShare(apiKey, usage) === 1 ? 'warn' : 'plain'}
      label={`${count(hour.total)} requests ${spanWords(hour)}`}
    />
  );
}

/** Why a key can't be revoked, or null when it can. */
export function revokeRefusal(key: ApiKey, now: number): string | null {
  if (key.source === 'static')
    return 'This key comes from the gateway’s API_KEYS: change it there.';
  return keyStatus(key, now) === 'revoked' ? `${key.name} is revoked already.` : null;
}

function LastUsed({ at, now }: { at: string | null; now: number }): ReactElement {
  if (at === null) return <span className="meta">never</span>;
  const time = Date.parse(at);
  return (
    <span className="sub num" title={fullTime(time)}>
      {ago(time, now)}
    </span>
  );
}

type ColumnContext = Pick<KeysTableProps, 'usage' | 'hourOf' | 'onRevoke'> & {
  readonly now: number;
};

function columnsOf({ usage, hourOf, onRevoke, now }: ColumnContext): readonly Column<ApiKey>[] {
  return [
    {
      id: 'key',
      title: 'Key',
      cell: (key) => <TwoLines first={key.name} second={visibleKey(key)} secondIsMono />,
    },
    {
      id: 'state',
      title: 'State',
      cell: (key) => {
        const { tone, word } = keyState(key, usage.get(key.id), now);
        return <Pill tone={tone}>{word}</Pill>;
      },
    },
    { id: 'limit', title: 'Limit', cell: (key) => <LimitWords apiKey={key} /> },
    {
      id: 'used',
      title: 'Used',
      cell: (key) => <LimitGauge apiKey={key} usage={usage.get(key.id)} />,
    },
    {
      id: 'hour',
      title: 'Last hour',
      cell: (key) => <LastHour apiKey={key} usage={usage.get(key.id)} hour={hourOf(key.id)} />,
    },
    {
      id: 'last',
      title: 'Last used',
      cell: (key) => <LastUsed at={key.lastUsedAt} now={now} />,
    },
    {
      id: 'revoke',
      title: <span className="sr-only">Action</span>,
      kind: 'end',
      cell: (key) => <RevokeCell apiKey={key} now={now} onRevoke={onRevoke} />,
    },
  ];
}

interface RevokeCellProps extends Pick<KeysTableProps, 'onRevoke'> {
  readonly apiKey: ApiKey;
  readonly now: number;
}

function RevokeCell({ apiKey, now, onRevoke }: RevokeCellProps): ReactElement | null {
  // Nothing to do for a revoked key, ever; a static one has an explanation worth reading.
  if (keyStatus(apiKey, now) === 'revoked') return null;
  return (
    <Button
      small
      aria-label={`Revoke ${apiKey.name}…`}
      refusal={revokeRefusal(apiKey, now)}
      onClick={(event) => {
        event.stopPropagation();
        onRevoke(apiKey);
      }}
    >
      Revoke…
    </Button>
  );
}

/** The keys with what each does right now. */
export function KeysTable(props: KeysTableProps): ReactElement {
  const { keys, selectedId, onSelect, ...context } = props;
  const now = useNow();
  return (
    <DataTable
      label="Keys"
      rows={keys}
      rowKey={({ id }) => id}
      columns={columnsOf({ ...context, now })}
      selectedKey={selectedId}
      onSelect={({ id }) => onSelect(id)}
    />
  );
}
