import { answerRefusal } from '../proxy/answer.ts';
import { refusals } from '../proxy/refusal.ts';
import type { RequestScope } from '../proxy/request-scope.ts';
import type { AdminApp } from './http/admin-app.ts';

export interface AdminEntryOptions {
  /** Loads the API with its framework; null when there is no credential that could open it. */
  load: (() => Promise<AdminApp>) | null;
  onError: (error: Error) => void;
}

/** Door to the admin API. */
export interface AdminEntry {
  handle: (scope: RequestScope) => void;
  close: () => Promise<void>;
}

/**
 * The framework is loaded on the first request, so that an instance that only serves data never
 * pays for it. Without a credential there is no admin API at all.
 */
export function createAdminEntry({ load, onError }: AdminEntryOptions): AdminEntry {
  let loading: Promise<AdminApp> | undefined;
  return {
    handle(scope) {
      if (load === null) {
        answerRefusal(scope, refusals.notFound);
        return;
      }
      loading ??= load();
      loading.then(
        (app) => handOver(scope, app),
        (error: unknown) => {
          loading = undefined;
          onError(error instanceof Error ? error : new Error(String(error)));
          answerRefusal(scope, refusals.internal);
        },
      );
    },
    async close() {
      await (await loading)?.close();
    },
  };
}

function handOver(
  { streamed, headers, expectsContinue, clientAddress }: RequestScope,
  app: AdminApp,
): void {
  if (streamed === undefined) throw new Error('The admin API needs a request of node:http');
  const { request, response } = streamed;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    response.setHeader(headers[i] ?? '', headers[i + 1] ?? '');
  }
  if (expectsContinue) response.writeContinue();
  app.handle(request, response, clientAddress);
}
