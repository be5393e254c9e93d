import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { ApiKey } from '../../../shared/domain/api-key.ts';
import { useLiveSources } from '../../api/live-sources.ts';
import { useLiveQuery } from '../../api/use-live-query.ts';
import { useNow } from '../../api/use-now.ts';
import { StaleBanner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Page, Panel } from '../../ui/panel.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { useActionLink } from '../../ui/use-action-link.ts';
import { CallExample } from './call-example.tsx';
import { CreateKeyDialog } from './create-key-dialog.tsx';
import { countByFilter, filterKeys } from './key-filter.ts';
import type { KeyQuery } from './key-filter.ts';
import { KeyPanel } from './key-panel.tsx';
import { KeysTable } from './keys-table.tsx';
import { KeysToolbar } from './keys-toolbar.tsx';
import { RevokeKeyDialog } from './revoke-key-dialog.tsx';
import { useKeys, useKeyUsage } from './use-keys.ts';
import './keys.css';

type OpenDialog = { readonly kind: 'create' } | { readonly kind: 'revoke'; readonly key: ApiKey };

/** The gateway's keys: who may call it, how much they do, and how to let them in or keep them out. */
export function KeysPage(): ReactElement {
  const keys = useKeys();
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const now = useNow();
  const counts = keys.data && countByFilter(keys.data, now);
  const openCreate = (): void => setDialog({ kind: 'create' });
  const close = (): void => setDialog(null);
  useActionLink((query) => {
    const isCreate = query.get('action') === 'create';
    if (isCreate) openCreate();
    return isCreate;
  });
  return (
    <Page
      title="Keys"
      className="keys-page"
      aside={
        counts !== undefined && (
          <span className="meta num">
            {`${String(counts.all)} ${counts.all === 1 ? 'key' : 'keys'} · ${String(counts.active)} active`}
          </span>
        )
      }
      actions={
        <Button kind="primary" onClick={openCreate}>
          Create key…
        </Button>
      }
    >
      {keys.isError && keys.data !== undefined && (
        <StaleBanner
          error={keys.error}
          asOf={keys.dataUpdatedAt}
          onRetry={() => {
            keys.refetch().catch(reportError);
          }}
        />
      )}
      <KeysContent
        keys={keys}
        onCreate={openCreate}
        onRevoke={(key) => setDialog({ kind: 'revoke', key })}
      />
      {dialog?.kind === 'create' && <CreateKeyDialog onClose={close} />}
      {dialog?.kind === 'revoke' && <RevokeKeyDialog apiKey={dialog.key} onClose={close} />}
    </Page>
  );
}

interface KeysContentProps {
  readonly keys: ReturnType<typeof useKeys>;
  readonly onCreate: () => void;
  readonly onRevoke: (key: ApiKey) => void;
}

/** The one of loading, error, empty and full that applies. */
function KeysContent({ keys, onCreate, onRevoke }: KeysContentProps): ReactElement {
  const stack = useLiveQuery(useLiveSources().stack);
  const gatewayUrl = stack.value?.gatewayUrl ?? null;
  if (keys.data === undefined) {
    return (
      <Panel label="Keys">
        <h2 className="sr-only">All keys</h2>
        {keys.isError ? (
          <ErrorState
            error={keys.error}
            what="The keys could not be read"
            onRetry={() => {
              keys.refetch().catch(reportError);
            }}
          />
        ) : (
          <SkeletonLines lines={7} label="Reading the keys" />
        )}
      </Panel>
    );
  }
  if (keys.data.length === 0) {
    return (
      <Panel label="Keys">
        <h2 className="sr-only">All keys</h2>
        <EmptyState
          icon={<KeyRound />}
          title="Nobody can call the gateway yet"
          action={
            <>
              <CallExample gatewayUrl={gatewayUrl} />
              <Button onClick={onCreate}>Create the first key…</Button>
            </>
          }
        >
          Create a key and give it to a client, which then calls the gateway like this:
        </EmptyState>
      </Panel>
    );
  }
  return (
    <KeysBoard
      keys={keys.data}
      isStale={keys.isError}
      gatewayUrl={gatewayUrl}
      onRevoke={onRevoke}
    />
  );
}

interface KeysBoardProps extends Pick<KeysContentProps, 'onRevoke'> {
  readonly keys: readonly ApiKey[];
  readonly isStale: boolean;
  readonly gatewayUrl: string | null;
}

function KeysBoard({ keys, isStale, gatewayUrl, onRevoke }: KeysBoardProps): ReactElement {
  const [query, setQuery] = useState<KeyQuery>({ filter: 'all', search: '' });
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const usage = useKeyUsage();
  const now = useNow();
  const shown = filterKeys(keys, query, now);
  const selected = shown.find(({ id }) => id === selectedId) ?? shown[0];
  return (
    <>
      <KeysToolbar
        query={query}
        counts={countByFilter(keys, now)}
        usageAt={usage.measuredAt}
        onChange={setQuery}
      />
      <div className={isStale ? 'keys-board is-stale' : 'keys-board'}>
        <Panel label="Keys" className="keys-list">
          <h2 className="sr-only">All keys</h2>
          {shown.length === 0 ? (
            <EmptyState
              icon={<KeyRound />}
              title="No key matches"
              action={
                <Button onClick={() => setQuery({ filter: 'all', search: '' })}>
                  Show all keys
                </Button>
              }
            >
              {`None of the ${String(keys.length)} keys is in this view.`}
            </EmptyState>
          ) : (
            <KeysTable
              keys={shown}
              usage={usage.byKey}
              hourOf={usage.hourOf}
              selectedId={selected?.id ?? null}
              onSelect={setSelectedId}
              onRevoke={onRevoke}
            />
          )}
        </Panel>
        {selected !== undefined && (
          <KeyPanel
            apiKey={selected}
            usage={usage.byKey.get(selected.id)}
            hour={usage.hourOf(selected.id)}
            gatewayUrl={gatewayUrl}
            onRevoke={onRevoke}
          />
        )}
      </div>
    </>
  );
}
