/** A start-up failure that an operator can act on: printed as one JSON line, then exit 1. */
export class StartFailure extends Error {
  readonly code: string;
  readonly nextStep: string;

  constructor(code: string, cause: string, nextStep: string) {
    super(cause);
    this.name = 'StartFailure';
    this.code = code;
    this.nextStep = nextStep;
  }
}

/** Message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `code` of a Node error (`ENOENT`, `EADDRINUSE`), or an empty string. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
