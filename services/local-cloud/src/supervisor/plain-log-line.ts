import { z } from 'zod';

/** The fields of a structured log line that say something to a person. */
const structured = z.object({ message: z.string(), code: z.string().optional() });

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Most programs log plain text: that is already what a person reads.
    return null;
  }
}

/** A log line for people: `CODE: message` of a structured one, any other as it is. */
export function plainLogLine(line: string): string {
  const found = line.startsWith('{') ? structured.safeParse(parsed(line)) : null;
  if (found?.success !== true) return line;
  const { code, message } = found.data;
  return code === undefined ? message : `${code}: ${message}`;
}
