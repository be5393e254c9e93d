/** Stands for what differs between lines of one template. */
export const WILDCARD = '<*>';

/** What is a variable whatever stands around it, the longer forms first. */
const VARIABLES: readonly RegExp[] = [
  /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?/g,
  /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi,
  /\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b/g,
  /\b0x[0-9a-f]+\b/gi,
  /\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b/gi,
  /(?<![\w.])[-+]?\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|%|[KMGT]i?B|B)?(?![\w.])/g,
];

const MAX_CHARS = 4_096;

/** One line with its variables masked and its white space single. */
export function maskVariables(text: string): string {
  let masked = text.length > MAX_CHARS ? text.slice(0, MAX_CHARS) : text;
  for (const variable of VARIABLES) masked = masked.replace(variable, WILDCARD);
  return masked.trim().replaceAll(/\s+/g, ' ');
}
