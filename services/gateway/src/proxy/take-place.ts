import type { AcceptedKey } from '../keys/api-key-auth.ts';
import { answerRefusal } from './answer.ts';
import { refusals } from './refusal.ts';
import { bodyPending } from './request-checks.ts';
import type { RequestScope } from './request-scope.ts';

/**
 * Takes one of the key's places for requests under way; `leavePlace` gives it back. Before anything
 * is paid or sent: false when there is none, which has been answered, or nobody waits any more.
 */
export function takePlace(scope: RequestScope, { load }: AcceptedKey, most: number): boolean {
  // Closed already: nobody would give the place back.
  if (scope.response.destroyed) return false;
  if (load.inFlight >= most) {
    scope.reason = 'concurrency';
    answerRefusal(scope, { ...refusals.keyBusy, close: bodyPending(scope) });
    return false;
  }
  load.inFlight += 1;
  scope.place = load;
  return true;
}

/** The request is over, however it ended. */
export function leavePlace({ place }: RequestScope): void {
  if (place !== undefined) place.inFlight -= 1;
}
