/** What an operator needs of a start that failed. */
interface StartFailure {
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
}

/** Whatever ended a start, as code, cause and next step. */
export function toStartFailure(error: unknown): StartFailure {
  const fields = error instanceof Error ? error : new Error(String(error));
  return {
    code: 'code' in fields ? String(fields.code) : 'START_FAILED',
    message: fields.message,
    nextStep: 'nextStep' in fields ? String(fields.nextStep) : 'Look at logs/console.log.',
  };
}

/** The one JSON line that every program of this project prints when it can't start. */
export function startFailureLine({ code, message, nextStep }: StartFailure): string {
  return `${JSON.stringify({ severity: 'ERROR', code, message, next_step: nextStep })}\n`;
}
