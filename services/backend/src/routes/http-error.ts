export interface HttpErrorFields {
  /** snake_case, listed in docs/errors.md. */
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly retryAfterSeconds?: number;
}

/** An answer that a route or hook decided on; the error handler writes it as a problem. */
export class HttpError extends Error {
  readonly status: number;
  readonly fields: HttpErrorFields;

  constructor(status: number, fields: HttpErrorFields) {
    super(fields.title);
    this.name = 'HttpError';
    this.status = status;
    this.fields = fields;
  }
}
