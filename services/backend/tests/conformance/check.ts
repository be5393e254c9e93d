import type { Answer, Target } from './target.ts';
import { json } from './target.ts';
import type { ModelMetadata } from './values.ts';

/** What the cases run against. */
export interface Subject {
  readonly target: Target;
  readonly model: ModelMetadata;
  readonly extensions: readonly string[];
}

/** One rule of the protocol; it throws when the server breaks it. */
export interface Case {
  readonly name: string;
  /** Extension that the server must announce; else the case is skipped. */
  readonly extension?: string;
  /** Why it cannot be asked of this model. */
  readonly skip?: (subject: Subject) => string | undefined;
  readonly run: (subject: Subject) => Promise<void>;
}

/** Gives a case of a list its type. */
export function rule(one: Case): Case {
  return one;
}

export function assert(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}

/** Status and body of an answer that must succeed. */
export function ok(answer: Answer): Record<string, unknown> {
  assert(
    answer.status === 200,
    `status ${answer.status}: ${answer.bytes.toString('utf8').slice(0, 120)}`,
  );
  return json(answer);
}

/** A refusal: the status, and the protocol's error body. */
export function refused(answer: Answer, statuses: readonly number[]): void {
  assert(
    statuses.includes(answer.status),
    `status ${answer.status} instead of ${statuses.join(' or ')}`,
  );
  const { error } = json(answer);
  assert(typeof error === 'string' && error !== '', 'the body has no "error"');
}

/** Equal up to the last bits of a float: a graph may run alone or with others. */
export function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, at) => same(value, (b as unknown[])[at]));
  }
  if (typeof a === 'number' && typeof b === 'number') {
    return Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(a));
  }
  return a === b;
}

export function pathOf({ name }: ModelMetadata): string {
  return `/v2/models/${encodeURIComponent(name)}`;
}
