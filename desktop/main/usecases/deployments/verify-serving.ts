import type { Clock } from '../../ports/clock.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { HealthProbe, ProbeAnswer } from '../../ports/health-probe.ts';

/** Consecutive answers that have to carry the revision before success is claimed. */
export const WANTED_ANSWERS = 20;
const DEADLINE_MS = 10_000;
const TIMEOUT_MS = 2_000;
/** After an answer that doesn't count; one that counts is followed by the next at once. */
const PAUSE_MS = 50;
/** So many refusals in a row are the service's way, and no permission that is still on its way. */
const CLOSED_AFTER = 20;

export interface Verification {
  /** At the service's public address: an address of the revision's own would prove nothing. */
  readonly url: string;
  /** Every answer has to come from one of these. */
  readonly revisions: readonly string[];
  /** Not everybody may call the service: its platform may refuse the console as well. */
  readonly restricted: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (inARow: number) => void;
}

/**
 * Asks the public address until it answered `WANTED_ANSWERS` times in a row from these revisions, or
 * until a restricted one has refused the console for good: then nothing is proven, and nothing wrong.
 * Throws VERIFICATION_FAILED when neither has happened within ten seconds.
 */
export async function verifyServing(
  ports: { readonly probe: HealthProbe; readonly clock: Clock },
  { url, revisions, restricted, signal, onProgress }: Verification,
): Promise<'verified' | 'closed'> {
  const { probe, clock } = ports;
  const deadline = clock.now() + DEADLINE_MS;
  let inARow = 0;
  let refused = 0;
  let last = 'there was no answer yet';
  while (inARow < WANTED_ANSWERS) {
    signal.throwIfAborted();
    if (clock.now() >= deadline)
      throw notVerified({ revision: revisions.join(' or '), inARow, last });
    const answer = await probe.request({ method: 'GET', url, timeoutMs: TIMEOUT_MS });
    const problem = problemOf(answer, revisions);
    refused = isRefusal(answer) ? refused + 1 : 0;
    if (restricted && refused === CLOSED_AFTER) return 'closed';
    if (problem === null) {
      inARow += 1;
    } else {
      inARow = 0;
      last = problem;
      await clock.sleep(PAUSE_MS, signal);
    }
    onProgress(inARow);
  }
  return 'verified';
}

/** How a platform answers whoever has no identity that may call the service: no revision sees it. */
function isRefusal({ status, revision }: ProbeAnswer): boolean {
  return revision === null && (status === 401 || status === 403);
}

const REFUSED = /^it answered 40[13]$/;
const REFUSED_ALL_THE_SAME =
  'It is open to everybody and refuses the console all the same: look for a rule of the organisation against public access, or at the service’s own log.';

function problemOf(answer: ProbeAnswer, revisions: readonly string[]): string | null {
  if (answer.status === null) return answer.error ?? 'there was no answer';
  if (answer.status >= 400) return `it answered ${String(answer.status)}`;
  if (answer.revision === null) return 'its answer named no revision';
  return revisions.includes(answer.revision) ? null : `${answer.revision} answered instead`;
}

function notVerified(state: { revision: string; inARow: number; last: string }): DomainError {
  return new DomainError({
    code: 'VERIFICATION_FAILED',
    message:
      `The public address did not answer ${String(WANTED_ANSWERS)} times in a row from ` +
      `${state.revision} within ${String(DEADLINE_MS / 1000)} s; the last problem: ${state.last}.`,
    nextStep: `Traffic has been moved. ${REFUSED.test(state.last) ? REFUSED_ALL_THE_SAME : 'Look at the revision, then roll back or try again.'}`,
  });
}
