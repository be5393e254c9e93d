import { problem, PROBLEM_CONTENT_TYPE } from '@omni/contracts/problem.ts';
import type { ResponseDoc, RouteDoc } from '@omni/kit/api-docs/route-doc.ts';
import { z } from 'zod';
import { analysisRefusals } from './analyse.ts';
import { badRequest } from './read-body.ts';

const MAX_LINES = 512;
const MAX_EXAMPLES = 400;
const MAX_LABELS = 40;
/** Chosen on the shipped lines: of ten labels that are given nine are right (docs/quality.md). */
const MIN_CONFIDENCE = 0.45;

export const headName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, {
  error: 'must be lower-case letters, digits, - or _, at most 63',
});
const line = z.string().min(1).max(8_192);
const label = z.string().min(1).max(80);
const examples = z
  .array(z.object({ text: line, label }))
  .min(4)
  .max(MAX_EXAMPLES)
  .superRefine((list, context) => {
    const counts = new Map<string, number>();
    for (const { label: one } of list) counts.set(one, (counts.get(one) ?? 0) + 1);
    const rare = [...counts].find(([, count]) => count < 2);
    const message =
      counts.size < 2
        ? 'two labels are needed'
        : counts.size > MAX_LABELS
          ? `at most ${MAX_LABELS} labels`
          : rare && `label "${rare[0]}" needs two examples`;
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

export const putRequest = z.object({ examples });
export const classifyRequest = z
  .object({
    lines: z.array(line).min(1).max(MAX_LINES),
    head: headName.optional().meta({ description: 'A head that was trained before' }),
    examples: examples.optional().meta({ description: 'Or: learn from these, for this request' }),
    min_confidence: z
      .number()
      .min(0)
      .max(1)
      .default(MIN_CONFIDENCE)
      .meta({ description: 'Below it `label` is null: no answer is better than a wrong one' }),
  })
  .refine(({ head, examples: sent }) => (head === undefined) !== (sent === undefined), {
    error: 'send either `head` or `examples`',
  });

export const headResponse = z.object({
  name: z.string(),
  version: z.int().meta({ description: 'Raised by every training' }),
  labels: z.array(z.string()),
  examples: z.int(),
  accuracy: z.number().meta({
    description: 'Share of the examples that heads trained without them label rightly',
  }),
});
export const listResponse = z.object({ heads: z.array(headResponse) });
export const classifyResponse = z.object({
  head: z.string().nullable(),
  version: z.int(),
  accuracy: headResponse.shape.accuracy,
  results: z.array(
    z.object({
      label: z.string().nullable(),
      confidence: z.number(),
      scores: z.record(z.string(), z.number()),
    }),
  ),
});

const problemOf = (description: string): ResponseDoc => ({
  description,
  schema: problem,
  contentType: PROBLEM_CONTENT_TYPE,
});
const notFound = problemOf('No such head');
const away = problemOf('The database is away, or none is configured');
const refusals = { 400: badRequest, ...analysisRefusals };

const taught = [
  { text: 'connection to the database refused', label: 'database' },
  { text: 'too many clients already', label: 'database' },
  { text: 'certificate has expired', label: 'tls' },
  { text: 'unable to verify the first certificate', label: 'tls' },
];
const known = { head: 'triage' };
const unknown = { head: 'nobody' };

export const putDoc: RouteDoc = {
  tag: 'Logs',
  summary: 'Train a head from labelled lines',
  description:
    'A few examples of each label are enough. Kept in the database as an ONNX file beside its examples; training the same name again raises its version. When the embedding model changes, a head is trained anew from its examples at its next use.',
  body: putRequest,
  responses: { 200: { description: 'Trained', schema: headResponse }, ...refusals },
  examples: [
    { name: 'Two labels', params: known, body: { examples: taught }, status: 200 },
    {
      name: 'A label with one example',
      params: known,
      body: { examples: taught.slice(0, 3).concat({ text: 'disk full', label: 'disk' }) },
      status: 400,
    },
  ],
};
export const listDoc: RouteDoc = {
  tag: 'Logs',
  summary: 'List the heads',
  responses: { 200: { description: 'Heads', schema: listResponse }, 503: away },
  examples: [{ name: 'All', status: 200 }],
};
export const fileDoc: RouteDoc = {
  tag: 'Logs',
  summary: 'The ONNX file of a head',
  description:
    'Takes vectors `x` and gives `probabilities`. In a folder of the model repository it is served like any other tensor model.',
  responses: {
    200: { description: 'The file', contentType: 'application/octet-stream' },
    404: notFound,
    503: away,
  },
  examples: [
    { name: 'One that was trained', params: known, status: 200 },
    { name: 'Unknown head', params: unknown, status: 404 },
  ],
};
export const classifyDoc: RouteDoc = {
  tag: 'Logs',
  summary: 'Label log lines',
  description:
    'With a head that was trained before, or with examples sent along. A line that resembles no example well enough gets no label. Lines are not kept and not logged.',
  body: classifyRequest,
  responses: {
    200: { description: 'One result for each line', schema: classifyResponse },
    404: notFound,
    ...refusals,
  },
  examples: [
    {
      name: 'A head that was trained before',
      body: { head: 'triage', lines: ['FATAL: remaining connection slots are reserved'] },
      status: 200,
    },
    {
      name: 'Examples sent along',
      body: { examples: taught, lines: ['self-signed certificate in chain'] },
      status: 200,
    },
    { name: 'Neither', body: { lines: ['x'] }, status: 400 },
    { name: 'Unknown head', body: { head: 'nobody', lines: ['x'] }, status: 404 },
  ],
};
export const dropDoc: RouteDoc = {
  tag: 'Logs',
  summary: 'Remove a head',
  responses: { 204: { description: 'Removed' }, 404: notFound, 503: away },
  examples: [
    { name: 'One that was trained', params: known, status: 204 },
    { name: 'Unknown head', params: unknown, status: 404 },
  ],
};
