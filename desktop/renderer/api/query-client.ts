import { MutationCache, QueryClient } from '@tanstack/react-query';
import { errorDataOf } from './error-message.ts';

const MAX_RETRIES = 2;

/** Retries only what main says can succeed when it is made again. */
export function shouldRetry(failures: number, error: unknown): boolean {
  return failures < MAX_RETRIES && errorDataOf(error)?.retryable === true;
}

/**
 * The cache of everything read from main. Nothing is polled blindly: streams keep live values fresh.
 *
 * @param onMutationError called for a failed mutation unless its `meta` is `{ inline: true }`, which
 * says that the view shows the error itself
 */
export function createQueryClient(onMutationError: (error: unknown) => void): QueryClient {
  return new QueryClient({
    mutationCache: new MutationCache({
      onError: (error, ...[, , mutation]) => {
        if (mutation.meta?.['inline'] !== true) onMutationError(error);
      },
    }),
    defaultOptions: {
      queries: {
        retry: shouldRetry,
        retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 4_000),
        staleTime: 5_000,
        // The host is on this machine: being offline says nothing about it.
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
