import type { AuditEntry } from '../../../shared/contract/audit.ts';
import { isProven, isTerminal } from '../../../shared/domain/operation.ts';
import type { Operation } from '../../../shared/domain/operation.ts';
import type { Tone } from '../../ui/status-dot.tsx';
import { operationStatus } from '../../ui/tone-of.ts';

/** One line of `Now and last changes`. */
export interface Change {
  readonly id: string;
  readonly tone: Tone;
  readonly word: string;
  readonly title: string;
  readonly detail: string;
  /** Epoch ms: when it ended, or for a running one when it began. */
  readonly at: number;
  readonly isRunning: boolean;
}

function stageDetail(operation: Operation): string {
  const stage = operation.stages.find((entry) => entry.state === 'running');
  return stage?.detail ?? '';
}

function resultDetail({ result, error, state }: Operation): string {
  if (error !== null) return error.message;
  if (result === null) return '';
  if (result.notServing === true) return `${result.revision} is created and gets no traffic`;
  if (result.closed === true) return `${result.revision}, not verified: its address is closed`;
  const answers = `${String(result.verifiedAnswers)}/${String(result.wantedAnswers)}`;
  return state === 'succeeded' ? `${result.revision}, ${answers} answers` : result.revision;
}

function operationChange(operation: Operation): Change {
  const isRunning = !isTerminal(operation.state);
  const { tone, word } = operationStatus(operation);
  const { result } = operation;
  const isVerified = operation.state === 'succeeded' && result !== null && isProven(result);
  return {
    id: operation.id,
    tone,
    word: isVerified ? 'Verified' : word,
    title: operation.title,
    detail: isRunning ? stageDetail(operation) : resultDetail(operation),
    at: isRunning
      ? (operation.startedAt ?? operation.createdAt)
      : (operation.endedAt ?? operation.createdAt),
    isRunning,
  };
}

/** Actions of the audit log in words; those that start an operation are shown as that operation. */
const ACTIONS: Readonly<Record<string, string>> = {
  'keys.create': 'Key created',
  'keys.revoke': 'Key revoked',
  'settings.setTheme': 'Theme changed',
  'stack.setSampleTraffic': 'Sample traffic changed',
  'targets.select': 'Target selected',
  'targets.setMode': 'Mode of target changed',
  'operations.cancel': 'Operation cancelled',
};

const OUTCOMES: Readonly<Record<AuditEntry['outcome'], { tone: Tone; word: string }>> = {
  ok: { tone: 'ok', word: 'Done' },
  refused: { tone: 'warn', word: 'Refused' },
  failed: { tone: 'bad', word: 'Failed' },
  cancelled: { tone: 'idle', word: 'Cancelled' },
};

function auditChanges(entry: AuditEntry): readonly Change[] {
  const title = ACTIONS[entry.action];
  // What only concerns the looks of the console is no change of the stack.
  if (title === undefined || entry.action === 'settings.setTheme') return [];
  const parts = [entry.subject, entry.detail].filter((part) => part !== '');
  const id = `audit ${String(entry.sequence)}`;
  const { tone, word } = OUTCOMES[entry.outcome];
  return [{ id, tone, word, title, detail: parts.join(' · '), at: entry.at, isRunning: false }];
}

/** Running operations first, then everything else that changed something, newest first. */
export function recentChanges(
  operations: readonly Operation[],
  audit: readonly AuditEntry[],
  limit: number,
): readonly Change[] {
  const all = [...operations.map(operationChange), ...audit.flatMap(auditChanges)];
  return all
    .sort((a, b) => Number(b.isRunning) - Number(a.isRunning) || b.at - a.at)
    .slice(0, limit);
}
