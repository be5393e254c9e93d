import { problem, PROBLEM_CONTENT_TYPE } from '@omni/contracts/problem.ts';
import type { ResponseDoc } from '@omni/kit/api-docs/route-doc.ts';
import type { z } from 'zod';
import { HttpError } from '../routes/http-error.ts';

/** What every route that reads a body with `readBody` says of a 400. */
export const badRequest: ResponseDoc = {
  description: 'The request is wrong; `detail` names the field',
  schema: problem,
  contentType: PROBLEM_CONTENT_TYPE,
};

/** Parses a body; the first thing that is wrong is named by its path in the 400 answer. */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'the body' : issue.path.join('.');
  throw new HttpError(400, {
    code: 'invalid_request',
    title: 'The request is wrong',
    detail: `${where}: ${issue?.message ?? 'invalid'}`,
  });
}
