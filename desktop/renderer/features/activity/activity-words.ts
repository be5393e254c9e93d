import type { AuditEntry } from '../../../shared/contract/audit.ts';
import type { Operation } from '../../../shared/domain/operation.ts';
import { isTerminal, STAGE_TITLES } from '../../../shared/domain/operation.ts';
import type { Tone } from '../../ui/status-dot.tsx';

/** What leaves an entry, procedures and the ends of operations, in the operator's words. */
const ACTIONS: Readonly<Record<string, string>> = {
  'audit.export': 'Export audit log',
  'journal.repaired': 'Damaged journal',
  'deploy.finished': 'Deploy ended',
  'rollBack.finished': 'Traffic move ended',
  'deployments.deploy': 'Deploy',
  'deployments.resumeLatest': 'Resume latest',
  'deployments.rollBack': 'Roll back',
  'keys.create': 'Create key',
  'keys.revoke': 'Revoke key',
  'operations.cancel': 'Cancel operation',
  'settings.setTheme': 'Change theme',
  'stack.ensure': 'Deploy the stack',
  'stack.setSampleTraffic': 'Set sample traffic',
  'canary.finished': 'Canary ended',
  'setTraffic.finished': 'Traffic change ended',
  'release.finished': 'Release ended',
  'releaseRollBack.finished': 'Release rollback ended',
  'switchUpstream.finished': 'Upstream switch ended',
  'canary.start': 'Start canary',
  'canary.hold': 'Hold canary',
  'canary.resume': 'Resume canary',
  'canary.promote': 'Promote canary',
  'canary.abort': 'Abort canary',
  'releases.start': 'Release the stack',
  'releases.rollBack': 'Roll back release',
  'safety.cancelPending': 'Take back a change',
  'targets.add': 'Add target',
  'targets.edit': 'Edit target',
  'targets.setClass': 'Change class',
  'targets.remove': 'Remove target',
  'targets.signIn': 'Sign in',
  'targets.cancelSignIn': 'Cancel sign-in',
  'targets.signOut': 'Sign out',
  'traffic.set': 'Change traffic',
  'upstream.switch': 'Switch upstream',
  'targets.select': 'Select target',
  'targets.setMode': 'Change mode',
  'deployments.undoRollBack': 'Undo rollback',
};

/** `keys.revoke` -> `Revoke key`; an action this page doesn't know keeps its own name. */
export function actionWords(action: string): string {
  return Object.hasOwn(ACTIONS, action) ? (ACTIONS[action] ?? action) : action;
}

const OUTCOMES: Readonly<Record<AuditEntry['outcome'], { tone: Tone; word: string }>> = {
  ok: { tone: 'ok', word: 'Done' },
  refused: { tone: 'warn', word: 'Refused' },
  failed: { tone: 'bad', word: 'Failed' },
  cancelled: { tone: 'idle', word: 'Cancelled' },
};

/** Changes whose entry is written when their operation begins: how it ends is not known by then. */
const STARTS_OPERATION: ReadonlySet<string> = new Set([
  'deployments.deploy',
  'deployments.resumeLatest',
  'deployments.rollBack',
  'canary.start',
  'releases.start',
  'releases.rollBack',
  'traffic.set',
  'upstream.switch',
  'stack.ensure',
]);

/** Pill of an audit entry. */
export function outcomeStatus({ action, outcome }: Pick<AuditEntry, 'action' | 'outcome'>): {
  tone: Tone;
  word: string;
} {
  return outcome === 'ok' && STARTS_OPERATION.has(action)
    ? { tone: 'idle', word: 'Started' }
    : OUTCOMES[outcome];
}

/** Causes come from many places, some without their full stop. */
function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** What came out of an operation, or where it stands, in one line. */
export function operationResult(operation: Operation): string {
  if (operation.error !== null)
    return `${asSentence(operation.error.message)} ${operation.error.nextStep}`;
  if (operation.result !== null) {
    const { revision, verifiedAnswers, wantedAnswers, notServing, closed } = operation.result;
    if (notServing === true) return `${revision} created, not serving: the service stays pinned`;
    if (closed === true) return `${revision} serves by the platform’s word: its address is closed`;
    return `${revision}, verified ${String(verifiedAnswers)} of ${String(wantedAnswers)}`;
  }
  if (isTerminal(operation.state)) return '';
  const stage = operation.stages.find(({ state }) => state === 'running');
  if (stage === undefined) return 'Waiting for its turn';
  return stage.detail === null
    ? STAGE_TITLES[stage.id]
    : `${STAGE_TITLES[stage.id]}: ${stage.detail}`;
}
