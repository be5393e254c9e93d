import type { AuditEntry, AuditFormat } from '../../../shared/contract/audit.ts';

const COLUMNS = [
  'sequence',
  'at',
  'actor',
  'target',
  'action',
  'subject',
  'outcome',
  'detail',
  'hash',
] as const;

/** A spreadsheet takes a cell that begins so for a formula and runs it. */
const FORMULA = /^[=+\-@\t\r]/;

/** Entries as a file for others, oldest first. */
export function auditText(entries: readonly AuditEntry[], format: AuditFormat): string {
  if (format === 'jsonl') return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  const rows = entries.map((entry) => COLUMNS.map((column) => cell(valueOf(entry, column))));
  return [COLUMNS.join(','), ...rows.map((row) => row.join(','))]
    .map((row) => `${row}\r\n`)
    .join('');
}

/** Times as ISO 8601: a spreadsheet can't do anything with milliseconds. */
function valueOf(entry: AuditEntry, column: (typeof COLUMNS)[number]): string {
  return column === 'at' ? new Date(entry.at).toISOString() : String(entry[column]);
}

function cell(value: string): string {
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
