import { parseScope } from '../keys/scope.ts';
import { AdminError } from './http/admin-error.ts';

/** Refuses what is not a scope, by its position: a text in the wrong place may be a secret. */
export function checkScopes(scopes: readonly string[]): void {
  const wrong = scopes.findIndex((text) => parseScope(text) === null);
  if (wrong < 0) return;
  throw new AdminError('invalid_request', `scopes.${wrong}: is not a scope`);
}
