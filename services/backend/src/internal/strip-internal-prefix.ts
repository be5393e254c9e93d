const PREFIX = '/internal/';

/**
 * Removes one leading `/internal` before routing. Only the plain spelling counts: what a proxy may
 * normalise differently (`//internal`, `%69nternal`) stays as it is and ends in 404.
 */
export function stripInternalPrefix(url: string): string {
  return url.startsWith(PREFIX) ? url.slice(PREFIX.length - 1) : url;
}
