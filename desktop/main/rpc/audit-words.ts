import type { AuditRecord } from '../ports/audit-log.ts';
import { DomainError } from '../ports/domain-error.ts';

/** Fields of inputs that may be written down: no secret is ever an input, but nothing is by default. */
const SUBJECT_FIELDS = ['service', 'id', 'name', 'theme'];
const DETAIL_FIELDS = [
  'revision',
  'reason',
  'build',
  'mode',
  'class',
  'project',
  'region',
  'environment',
  'expiresAt',
  'rateLimitPerMinute',
  'on',
  'requestsPerSecond',
];

/** Codes that mean "it was not allowed", in contrast to "it was tried and failed". */
const REFUSALS: ReadonlySet<string> = new Set([
  'BAD_REQUEST',
  'CONFIRMATION_REQUIRED',
  'CONFLICT',
  'INVALID_INPUT',
  'KEY_READ_ONLY',
  'OPERATION_QUEUE_FULL',
  'PERMISSION_DENIED',
  'TARGET_READ_ONLY',
]);

/** What a call is about: the first field that names something. */
export function subjectOf(input: unknown): string {
  const fields = fieldsOf(input);
  const named = SUBJECT_FIELDS.map((name) => fields[name]).find((value) => value !== undefined);
  return wordOf(named);
}

/** The rest of a call in one line: values of the listed fields, and only the names of variables. */
export function detailOf(input: unknown): string {
  const fields = fieldsOf(input);
  const words = DETAIL_FIELDS.flatMap((name) => {
    const value = wordOf(fields[name]);
    return value === '' ? [] : [`${name}=${value}`];
  });
  return [...words, ...namesOf(fields, 'env'), ...namesOf(fields, 'secrets')].join(' ');
}

function namesOf(fields: Readonly<Record<string, unknown>>, field: string): readonly string[] {
  const names = Object.keys(fieldsOf(fields[field]));
  return names.length === 0 ? [] : [`${field}=${names.join(',')}`];
}

/** What became of a call that threw: taken back, refused or failed, and why. */
export function outcomeOf(error: unknown): {
  readonly outcome: AuditRecord['outcome'];
  readonly words: string;
} {
  const code = codeOf(error);
  const words = error instanceof DomainError ? `${code}: ${error.message}` : code;
  if (code === 'CANCELLED') return { outcome: 'cancelled', words };
  return { outcome: REFUSALS.has(code) ? 'refused' : 'failed', words };
}

/** The operations that a call began, by which their own entries are found. */
export function operationOf(result: unknown): string {
  const { operationId, operationIds } = fieldsOf(fieldsOf(result)['output']);
  const ids = Array.isArray(operationIds) ? operationIds.map(wordOf) : [wordOf(operationId)];
  const named = ids.filter((id) => id !== '');
  return named.length === 0 ? '' : `operation=${named.join(',')}`;
}

export function joined(...words: readonly string[]): string {
  return words.filter((word) => word !== '').join(' ');
}

function codeOf(error: unknown): string {
  const code: unknown = fieldsOf(error)['code'];
  return typeof code === 'string' ? code : 'INTERNAL';
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function wordOf(value: unknown): string {
  const printable = ['string', 'number', 'boolean'].includes(typeof value);
  return printable ? String(value) : '';
}
