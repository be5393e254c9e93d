import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { CreateKeyInput } from '../../../shared/contract/keys.ts';
import type { ApiKey } from '../../../shared/domain/api-key.ts';
import { useConsole } from '../../api/console-context.tsx';
import { useLiveSources } from '../../api/live-sources.ts';
import { useLiveQuery } from '../../api/use-live-query.ts';
import { measuredMinutes, usedHour } from './key-usage.ts';
import type { KeyCounts, UsedHour } from './key-usage.ts';

/** Last use and state change without news from main. */
const LIST_EVERY_MS = 10_000;
/** How often the metrics are asked; the age on the screen is judged by it. */
export const USAGE_EVERY_MS = 5_000;

/** The keys of the gateway. */
export function useKeys(): UseQueryResult<ApiKey[]> {
  const { queries } = useConsole();
  return useQuery(queries.keys.list.queryOptions({ refetchInterval: LIST_EVERY_MS }));
}

interface KeyUsages {
  readonly byKey: ReadonlyMap<string, KeyCounts>;
  /** What is known of a key's last hour, null when it isn't measured yet. */
  readonly hourOf: (keyId: string) => UsedHour | null;
  /** Epoch ms of the measurement behind the counts, null before the first. */
  readonly measuredAt: number | null;
}

const toMap = (usages: readonly KeyCounts[]): ReadonlyMap<string, KeyCounts> =>
  new Map(usages.map((usage) => [usage.keyId, usage]));
const NOT_READ: ReadonlyMap<string, KeyCounts> = new Map();

/**
 * Requests by key. Without metrics the keys are still shown, so an error here isn't one of the page.
 * Main answers from memory also when it can't reach the gateway: the age of the counts is the age of
 * its last scrape, or of the last answer when main itself is gone.
 */
export function useKeyUsage(): KeyUsages {
  const { queries } = useConsole();
  const figures = useLiveQuery(useLiveSources().figures).value;
  const { data, dataUpdatedAt } = useQuery(
    queries.metrics.keyUsage.queryOptions({ refetchInterval: USAGE_EVERY_MS, select: toMap }),
  );
  const scrapedAt = figures?.find(({ service }) => service === 'gateway')?.scrapedAt ?? null;
  const byKey = data ?? NOT_READ;
  const isMeasured = data !== undefined && scrapedAt !== null;
  const minutes = measuredMinutes(byKey.values());
  return {
    byKey,
    hourOf: (keyId) => usedHour(byKey.get(keyId), { isMeasured, minutes }),
    measuredAt: isMeasured ? Math.min(scrapedAt, dataUpdatedAt) : null,
  };
}

/** A new key with the only copy of its secret. */
export interface CreatedKey {
  readonly key: ApiKey;
  readonly secret: string;
}

interface KeyCreation {
  /** From the check of the form to the answer of the call. */
  readonly running: boolean;
  readonly error: unknown;
  /**
   * Asks `check` for the input, null when there is something to correct, then makes the call.
   * Resolves to null when there is no key: nothing to call with, the call failed (see `error`), or
   * one is running already.
   */
  readonly create: (check: () => Promise<CreateKeyInput | null>) => Promise<CreatedKey | null>;
}

/**
 * Creates a key by a plain call: a mutation would keep the answer, and the secret with it, in its
 * cache.
 */
export function useCreateKey(): KeyCreation {
  const { client, queries } = useConsole();
  const cache = useQueryClient();
  const busy = useRef(false);
  const [state, setState] = useState<{ running: boolean; error: unknown }>({
    running: false,
    error: null,
  });

  const create = async (
    check: () => Promise<CreateKeyInput | null>,
  ): Promise<CreatedKey | null> => {
    if (busy.current) return null;
    busy.current = true;
    setState({ running: true, error: null });
    try {
      const input = await check();
      const created = input && (await client.keys.create(input));
      setState({ running: false, error: null });
      // The secret is not kept waiting for the list, which may be slow or not readable at all.
      if (created !== null) {
        cache.invalidateQueries({ queryKey: queries.keys.list.queryKey() }).catch(reportError);
      }
      return created;
    } catch (error) {
      setState({ running: false, error });
      return null;
    } finally {
      busy.current = false;
    }
  };
  return { ...state, create };
}

/** Revokes a key; the dialog shows a failure itself. */
export function useRevokeKey(): UseMutationResult<
  { key: ApiKey },
  unknown,
  { id: string; reason: string }
> {
  const { queries } = useConsole();
  const cache = useQueryClient();
  return useMutation(
    queries.keys.revoke.mutationOptions({
      meta: { inline: true },
      onSuccess: () => cache.invalidateQueries({ queryKey: queries.keys.list.queryKey() }),
    }),
  );
}
