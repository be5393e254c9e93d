import type { AdminRole } from '@omni/contracts/gateway-admin/roles.ts';
import type { AdminParts } from './admin-parts.ts';
import { createTokenCheck } from './credentials/admin-tokens.ts';
import type { RoleToken } from './credentials/admin-tokens.ts';
import type { Authenticate } from './credentials/caller.ts';
import { createAddressThrottle } from './http/address-throttle.ts';
import { createAdminApp } from './http/admin-app.ts';
import type { AdminApp } from './http/admin-app.ts';
import type { AdminRoute } from './http/admin-route.ts';
import { createAdmission } from './http/admit-request.ts';
import type { OriginRules } from './http/request-origin.ts';
import { auditRoutes } from './routes/audit-routes.ts';
import { bulkRoutes } from './routes/bulk-routes.ts';
import { configRoutes } from './routes/config-routes.ts';
import { docRoutes } from './routes/doc-routes.ts';
import { epochRoutes } from './routes/epoch-routes.ts';
import { explainRoutes } from './routes/explain-routes.ts';
import { importRoutes } from './routes/import-routes.ts';
import { keyChangeRoutes } from './routes/key-change-routes.ts';
import { keyRoutes } from './routes/key-routes.ts';
import { limitRoutes } from './routes/limit-routes.ts';
import { usageRoutes } from './routes/usage-routes.ts';
import { createRememberedAnswers } from './store/remembered-answers.ts';

/** Wrong credentials a minute and address: a person mistypes, a program guesses. */
const FAILURES_PER_MINUTE = 20;

export interface AdminRules {
  tokens: readonly RoleToken[];
  google: { audience: string; users: ReadonlyMap<string, AdminRole>; certsUrl: string } | undefined;
  origin: OriginRules;
  requestsPerMinute: number;
}

/** Every route of the admin API, with the two that describe them. */
export function adminRoutes(parts: AdminParts): readonly AdminRoute[] {
  const routes = [
    ...keyRoutes(parts),
    ...usageRoutes(parts),
    ...keyChangeRoutes(parts),
    ...bulkRoutes(parts),
    ...importRoutes(parts),
    ...explainRoutes(parts),
    ...epochRoutes(parts),
    ...limitRoutes(parts),
    ...configRoutes(parts),
    ...auditRoutes(parts),
  ];
  return [...routes, ...docRoutes(routes)];
}

/** Builds the admin API; loads its framework, so call it on the first request. */
export async function openAdminApi(
  parts: AdminParts,
  rules: AdminRules,
  onError: (error: Error) => void,
): Promise<AdminApp> {
  const { database, hasher } = parts;
  return createAdminApp({
    routes: adminRoutes(parts),
    admit: createAdmission({
      origin: rules.origin,
      authenticate: await createAuthentication(rules, onError),
      requests: createAddressThrottle(rules.requestsPerMinute),
      failures: createAddressThrottle(FAILURES_PER_MINUTE),
    }),
    answers:
      database === null ? null : async () => createRememberedAnswers(await database(), hasher),
    onError,
  });
}

/** Static tokens first: they cost a hash; a Google token costs a signature check. */
async function createAuthentication(
  { tokens, google }: AdminRules,
  onError: (error: Error) => void,
): Promise<Authenticate> {
  const byToken = createTokenCheck(tokens);
  if (google === undefined) return byToken;
  const { createGoogleCheck, looksLikeJwt } = await import('./credentials/google-identity.ts');
  const byGoogle = createGoogleCheck({ ...google, onError });
  return (bearer) => byToken(bearer) ?? (looksLikeJwt(bearer) ? byGoogle(bearer) : null);
}
