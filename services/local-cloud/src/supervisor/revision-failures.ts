import type { ProbePlan } from '../model/template-defaults.ts';
import { NoInstance } from '../router/upstream-pool.ts';
import { RevisionFailure } from './instance-environment.ts';
import type { InstanceExit } from './instance-factory.ts';
import { plainLogLine } from './plain-log-line.ts';

const LONGEST_MESSAGE = 4000;

/** The process ended before or after it was ready. */
export function exitFailure(exit: InstanceExit, lines: readonly string[]): RevisionFailure {
  const how = exit.signal === null ? `exit code ${exit.code ?? '?'}` : `signal ${exit.signal}`;
  return new RevisionFailure({
    revisionReason: 'HEALTH_CHECK_CONTAINER_ERROR',
    message: withLog(`The instance ended with ${how}.`, lines),
  });
}

/** The process runs but its start-up probe never passed. */
export function neverReadyFailure(probe: ProbePlan, lines: readonly string[]): RevisionFailure {
  const seconds = (probe.initialDelayMs + probe.periodMs * probe.failureThreshold) / 1000;
  const asked = probe.kind === 'http' ? `GET ${probe.path}` : 'a TCP connection';
  return new RevisionFailure({
    reason: 'PROGRESS_DEADLINE_EXCEEDED',
    message: withLog(`The start-up probe (${asked}) did not pass within ${seconds} s.`, lines),
  });
}

function withLog(sentence: string, lines: readonly string[]): string {
  if (lines.length === 0) return `${sentence} It logged nothing.`;
  return `${sentence} Last log lines:\n${lines.map(plainLogLine).join('\n')}`.slice(
    0,
    LONGEST_MESSAGE,
  );
}

/** What who waits for an instance of a stopped revision is told. */
export function stopping(): NoInstance {
  return new NoInstance('The revision is being stopped.', 1);
}

/** Whatever kept an instance from being started, as the revision's condition shows it. */
export function toFailure(error: unknown): RevisionFailure {
  if (error instanceof RevisionFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new RevisionFailure({ reason: 'INTERNAL', message });
}
