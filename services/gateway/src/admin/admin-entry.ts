import { answerRefusal } from '../proxy/answer.ts';
import { refusals } from '../proxy/refusal.ts';
import type { RequestScope } from '../proxy/request-scope.ts';
import type { AdminApp } from './admin-app.ts';
import type { KeyAdmin } from './key-admin.ts';

export interface AdminEntryOptions {
  token: string | undefined;
  admin: KeyAdmin;
  onError: (error: Error) => void;
}

/**
 * Door to the admin API. Without ADMIN_TOKEN there is none; with it, Fastify is loaded on the first
 * request, so that an instance that only serves data never pays for it.
 */
export function createAdminEntry(options: AdminEntryOptions): (scope: RequestScope) => void {
  const { token, admin, onError } = options;
  if (token === undefined) return (scope) => answerRefusal(scope, refusals.notFound);
  let loading: Promise<AdminApp> | undefined;
  const load = async (): Promise<AdminApp> => {
    const { createAdminApp } = await import('./admin-app.ts');
    return createAdminApp({ token, admin, onError });
  };
  return (scope) => {
    loading ??= load();
    loading.then(
      (app) => handOver(scope, app),
      (error: unknown) => {
        loading = undefined;
        onError(error instanceof Error ? error : new Error(String(error)));
        answerRefusal(scope, refusals.internal);
      },
    );
  };
}

function handOver(
  { request, response, headers, expectsContinue }: RequestScope,
  app: AdminApp,
): void {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    response.setHeader(headers[i] ?? '', headers[i + 1] ?? '');
  }
  if (expectsContinue) response.writeContinue();
  app(request, response);
}
