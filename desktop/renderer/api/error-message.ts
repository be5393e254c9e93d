import type { ErrorCode, ErrorData } from '../../shared/contract/errors.ts';

/** An error in the operator's words. */
export interface ErrorMessage {
  readonly code: string;
  /** What happened. */
  readonly title: string;
  /** Why, in the words of whoever refused. */
  readonly reason: string;
  readonly nextStep: string;
  readonly retryable: boolean;
  /** Id of the log line in main, when there is one. */
  readonly reference: string | null;
  /** Nothing failed: the operator said no, or didn't answer. */
  readonly isRefusal: boolean;
}

type Words = readonly [title: string, nextStep: string];

/** Title and, where the error brings none, the next step. The codes are listed in docs/errors.md. */
const WORDS: Readonly<Record<ErrorCode, Words>> = {
  BUILD_FAILED: [
    'The build did not finish',
    'Read the last lines of its log, fix and deploy again.',
  ],
  CANARY_ABORTED: [
    'The canary was taken back to 0 %',
    'Look at its evaluations, correct the cause and start a new one.',
  ],
  CANARY_NOT_RUNNING: ['This canary decides about nothing now', 'Look at its state.'],
  CANCELLED: ['Cancelled', 'Start it again when you are ready.'],
  CONFLICT: ['Someone else changed this first', 'Look at the new state and repeat the change.'],
  CONFIRMATION_REQUIRED: [
    'This has to be confirmed by typing a name',
    'Type the name that is asked for.',
  ],
  CREDENTIALS_EXPIRED: ['The Google sign-in has ended', 'Sign in again.'],
  CREDENTIALS_INVALID: [
    'These Google credentials can’t be used',
    'Name another file in the target’s settings.',
  ],
  CREDENTIALS_MISSING: ['There are no Google credentials', 'Sign in at the target in Settings.'],
  INTERNAL: [
    'The console made a mistake',
    'Try again; if it stays, copy the details for a report.',
  ],
  INVALID_INPUT: ['This input can’t be used', 'Correct the marked fields.'],
  KEY_NOT_FOUND: ['This key does not exist any more', 'Reload the list of keys.'],
  KEY_READ_ONLY: ['This key comes from the gateway’s configuration', 'Change API_KEYS and deploy.'],
  KEY_STORE_UNAVAILABLE: [
    'The key store does not answer',
    'Check that the gateway and Postgres run.',
  ],
  OPERATION_NOT_FOUND: ['This operation is not known', 'Look it up in Activity.'],
  OPERATION_QUEUE_FULL: ['Too many operations wait', 'Wait for one to end or cancel it.'],
  PERMISSION_DENIED: ['You may not do this', 'Ask for the role that the reason names.'],
  PLAN_OUTDATED: [
    'The service changed after this plan was made',
    'Read the new plan, then confirm.',
  ],
  PREFLIGHT_FAILED: ['A check failed; nothing was changed', 'Repair what the reason names.'],
  RELEASE_NOT_FOUND: ['There is no such good release', 'Reload the list of releases.'],
  REVISION_NOT_FOUND: ['This revision does not exist', 'Reload the list of revisions.'],
  REVISION_NOT_READY: ['This revision never became ready', 'Choose one that is ready.'],
  ROLLOUT_IN_PROGRESS: ['A canary of this service is under way', 'Promote it or abort it first.'],
  SERVICE_NOT_FOUND: ['This service is not deployed', 'Deploy it first.'],
  SERVICE_PINNED: ['The traffic of this service is pinned', 'Choose whether it stays pinned.'],
  SETTINGS_UNWRITABLE: ['Settings could not be saved', 'Check the rights of the state folder.'],
  SIGN_IN_FAILED: ['The sign-in did not finish', 'Start it again in Settings.'],
  SOURCE_NOT_FOUND: ['The source folder is missing', 'Check out the folder that the reason names.'],
  TARGET_READ_ONLY: ['This target is read-only', 'Switch its mode in Settings to change it.'],
  TARGET_UNREACHABLE: ['The target does not answer', 'Check that it runs, then try again.'],
  TIMEOUT: ['It took too long', 'Try again; if it stays, check the target.'],
  TRAFFIC_SPLIT_INVALID: ['This traffic split can’t be used', 'Shares must add up to 100 %.'],
  UNSUPPORTED: ['This target can’t do that', 'Choose another target.'],
  UPSTREAM_UNHEALTHY: [
    'The new backend address does not answer well',
    'Correct the address or the backend behind it; the gateway was left as it is.',
  ],
  VERIFICATION_FAILED: [
    'The new revision did not answer',
    'Traffic may be split: look at the deployment and roll back if needed.',
  ],
};

const HOST_GONE: Words = ['The console host is gone', 'Restart the console.'];
const UNKNOWN: Words = [
  'Something unexpected happened',
  'Try again; copy the details for a report.',
];

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** The data of a contract error, or null when the error isn't one. */
export function errorDataOf(error: unknown): ErrorData | null {
  if (!isRecord(error) || !isRecord(error['data'])) return null;
  const { retryable, nextStep, reference } = error['data'];
  if (typeof retryable !== 'boolean' || typeof nextStep !== 'string') return null;
  return typeof reference === 'string'
    ? { retryable, nextStep, reference }
    : { retryable, nextStep };
}

/** What has to be typed before main lets the call pass; null when that isn't why it failed. */
export function confirmationOf(error: unknown): NonNullable<ErrorData['confirm']> | null {
  if (codeOf(error) !== 'CONFIRMATION_REQUIRED' || !isRecord(error)) return null;
  const confirm = isRecord(error['data']) ? error['data']['confirm'] : null;
  if (!isRecord(confirm)) return null;
  const { challenge, word, of } = confirm;
  if (typeof challenge !== 'string' || typeof word !== 'string') return null;
  return { challenge, word, of: of === 'key' ? 'key' : 'target' };
}

function codeOf(error: unknown): string {
  return isRecord(error) && typeof error['code'] === 'string' ? error['code'] : 'UNKNOWN';
}

function wordsOf(code: string): Words {
  if (code === 'HOST_GONE') return HOST_GONE;
  return Object.hasOwn(WORDS, code) ? WORDS[code as ErrorCode] : UNKNOWN;
}

/** Any thrown value -> what the operator reads. */
export function errorMessage(error: unknown): ErrorMessage {
  const code = codeOf(error);
  const [title, usualStep] = wordsOf(code);
  const details = errorDataOf(error);
  const own = error instanceof Error ? error.message.trim() : '';
  return {
    code,
    title,
    reason: own === '' || own === title ? '' : own,
    nextStep: details?.nextStep ?? usualStep,
    retryable: details?.retryable ?? false,
    reference: details?.reference ?? null,
    isRefusal: code === 'CANCELLED',
  };
}

/** The whole error as text for a report: code, reason, next step, reference. No stack. */
export function errorDetails(error: unknown): string {
  const { code, title, reason, nextStep, reference } = errorMessage(error);
  const lines = [`${code}: ${title}`, reason, nextStep, reference && `Reference ${reference}`];
  return lines.filter((line) => line !== null && line !== '').join('\n');
}
