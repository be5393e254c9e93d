import type { AuditEntry } from '../../../shared/contract/audit.ts';
import type { Operation } from '../../../shared/domain/operation.ts';
import { isTerminal, STAGE_TITLES } from '../../../shared/domain/operation.ts';
import type { Tone } from '../../ui/status-dot.tsx';

/** Procedures that leave an entry, in the operator's words. */
const ACTIONS: Readonly<Record<string, string>> = {
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
  'targets.select': 'Select target',
  'targets.setMode': 'Change mode',
};

/** What main adds to the name of a change when the operation that it started has ended. */
const FINISHED = '.finished';

/** Operations are named by their kind, the change that starts one by its procedure. */
const PROCEDURES: Readonly<Record<string, string>> = {
  deploy: 'deployments.deploy',
  resumeLatest: 'deployments.resumeLatest',
  resume_latest: 'deployments.resumeLatest',
  rollBack: 'deployments.rollBack',
  roll_back: 'deployments.rollBack',
};

const valueOf = (record: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/**
 * `keys.revoke` -> `Revoke key`, `deploy.finished` -> `Deploy finished`; an action this page doesn't
 * know keeps its own name.
 */
export function actionWords(action: string): string {
  if (!action.endsWith(FINISHED)) return valueOf(ACTIONS, action) ?? action;
  const started = action.slice(0, -FINISHED.length);
  const words = valueOf(ACTIONS, valueOf(PROCEDURES, started) ?? started);
  return words === undefined ? action : `${words} finished`;
}

const OUTCOMES: Readonly<Record<AuditEntry['outcome'], { tone: Tone; word: string }>> = {
  ok: { tone: 'ok', word: 'Done' },
  refused: { tone: 'warn', word: 'Refused' },
  failed: { tone: 'bad', word: 'Failed' },
};

/** Changes whose entry is written when their operation begins: how it ends is not known by then. */
const STARTS_OPERATION: ReadonlySet<string> = new Set([
  'deployments.deploy',
  'deployments.resumeLatest',
  'deployments.rollBack',
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
    const { revision, verifiedAnswers, wantedAnswers } = operation.result;
    return `${revision}, verified ${String(verifiedAnswers)} of ${String(wantedAnswers)}`;
  }
  if (isTerminal(operation.state)) return '';
  const stage = operation.stages.find(({ state }) => state === 'running');
  if (stage === undefined) return 'Waiting for its turn';
  return stage.detail === null
    ? STAGE_TITLES[stage.id]
    : `${STAGE_TITLES[stage.id]}: ${stage.detail}`;
}
