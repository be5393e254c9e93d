import { redact } from './redact.ts';

/** A process that cannot start: a stable code, the cause, and what the operator does next. */
export class StartError extends Error {
  readonly code: string;
  readonly nextStep: string;

  constructor(code: string, message: string, nextStep: string) {
    super(message);
    this.name = 'StartError';
    this.code = code;
    this.nextStep = nextStep;
  }
}

/** The single JSON line that a failed start prints. */
export function startFailureLine(error: unknown): string {
  const known = error instanceof StartError;
  const line = JSON.stringify({
    severity: 'CRITICAL',
    time: new Date().toISOString(),
    message: error instanceof Error ? error.message : String(error),
    code: known ? error.code : 'START_FAILED',
    next_step: known ? error.nextStep : 'Read the stack, correct the cause, start again.',
    ...(known || !(error instanceof Error) ? {} : { stack: error.stack }),
  });
  // The message of a driver may quote a URL with its password.
  return redact(line);
}

/**
 * Runs a service's entry. When it rejects, one JSON line goes to stderr and the process exits with 1,
 * so that a supervisor sees a reason instead of a stack.
 */
export async function startOrExit(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${startFailureLine(error)}\n`);
    process.exit(1);
  }
}
