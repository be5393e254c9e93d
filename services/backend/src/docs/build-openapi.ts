import { problem, PROBLEM_CONTENT_TYPE } from '@omni/contracts/problem.ts';
import { z } from 'zod';
import type { DocumentedRoute, HeaderDoc, ResponseDoc, RouteDoc } from '../routes/route-doc.ts';

export type Json = Record<string, unknown>;

const REFUSALS: Readonly<Record<number, string>> = {
  401: 'Internal mode: no valid principal',
  429: 'Too many requests from this address',
};

function toSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}

function toResponse({ description, schema, contentType }: ResponseDoc): Json {
  if (schema === undefined && contentType === undefined) return { description };
  const media = schema === undefined ? {} : { schema: toSchema(schema, 'output') };
  return { description, content: { [contentType ?? 'application/json']: media } };
}

/** What the guards may answer before the route is reached. */
function refusals(doc: RouteDoc): Json {
  const answers: Json = {};
  for (const [status, description] of Object.entries(REFUSALS)) {
    if (doc.responses[Number(status)] !== undefined) continue;
    const content = { [PROBLEM_CONTENT_TYPE]: { schema: toSchema(problem, 'output') } };
    answers[status] = { description, content };
  }
  return answers;
}

function toParameter({ name, description, schema }: HeaderDoc): Json {
  return { name, in: 'header', required: false, description, schema: toSchema(schema, 'input') };
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function toRequestBody(doc: RouteDoc): Json {
  if (doc.body === undefined) return {};
  const examples = Object.fromEntries(
    doc.examples.map(({ name, body }) => [name, { summary: name, value: body }]),
  );
  const media = { schema: toSchema(doc.body, 'input'), examples };
  return { requestBody: { required: true, content: { 'application/json': media } } };
}

function toOperation({ path, doc }: DocumentedRoute): Json {
  const parameters = [...pathParameters(path), ...(doc.headers ?? []).map(toParameter)];
  return {
    tags: [doc.tag],
    summary: doc.summary,
    ...(doc.description === undefined ? {} : { description: doc.description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...toRequestBody(doc),
    responses: {
      ...Object.fromEntries(
        Object.entries(doc.responses).map(([status, answer]) => [status, toResponse(answer)]),
      ),
      ...refusals(doc),
    },
  };
}

/** The OpenAPI 3.1 document of all documented routes, from the very schemas that they parse with. */
export function buildOpenApi(routes: readonly DocumentedRoute[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: toOperation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Omni ML backend',
      version,
      description: 'Embeddings, health and summary. Reached through the gateway or directly.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
  };
}
