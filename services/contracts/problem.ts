import { z } from 'zod';

/**
 * Error body of every service: RFC 9457 problem details (`application/problem+json`) with a stable
 * `code`. The codes are listed in docs/errors.md. 5xx details are hidden from clients.
 */
export const problem = z.object({
  type: z.string().default('about:blank'),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string().optional(),
  request_id: z.string().optional(),
});
export type Problem = z.infer<typeof problem>;

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';
