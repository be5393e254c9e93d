/** What a route of the HTTP side answers, always as JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export function problem(status: number, code: string, title: string): Answer {
  return { status, body: { type: 'about:blank', status, code, title } };
}
