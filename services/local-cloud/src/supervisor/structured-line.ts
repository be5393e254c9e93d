/** What Cloud Logging would make of a line that a program wrote. */
export interface Structure {
  readonly severity?: string;
  /** The whole object, when the line is one. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

const SEVERITIES: ReadonlySet<string> = new Set([
  'DEFAULT',
  'DEBUG',
  'INFO',
  'NOTICE',
  'WARNING',
  'ERROR',
  'CRITICAL',
  'ALERT',
  'EMERGENCY',
]);

/** Reads a line as JSON when it is one; text has neither a severity nor a payload. Pure. */
export function structureOf(line: string): Structure {
  const payload = line.startsWith('{') ? parsed(line) : null;
  if (payload === null) return {};
  const severity = String(payload['severity']).toUpperCase();
  return { payload, ...(SEVERITIES.has(severity) ? { severity } : {}) };
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    // A line that was cut, or text that begins with a brace: it is kept as text.
    return null;
  }
}
