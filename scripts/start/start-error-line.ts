import { z } from 'zod';

/** What a service prints when it cannot start: one JSON line with a code and a next step. */
const startError = z.object({
  code: z.string(),
  message: z.string(),
  next_step: z.string().optional(),
  nextStep: z.string().optional(),
});

/** The operator's words of a start-up failure line; undefined for any other line. */
export function startErrorIn(line: string): string | undefined {
  if (!line.startsWith('{') || !line.includes('"code"')) return undefined;
  try {
    const parsed = startError.safeParse(JSON.parse(line));
    if (!parsed.success) return undefined;
    const { code, message, next_step: snake, nextStep = snake } = parsed.data;
    return nextStep ? `${code}: ${message}\nNext step: ${nextStep}` : undefined;
  } catch {
    // Not JSON after all.
    return undefined;
  }
}
