import { problem, PROBLEM_CONTENT_TYPE } from '@omni/contracts/problem.ts';
import { z } from 'zod';
import type { ApiDoc, DocumentedRoute, HeaderDoc, ResponseDoc, RouteDoc } from './route-doc.ts';

export type Json = Record<string, unknown>;

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
function refusals(doc: RouteDoc, api: ApiDoc): Json {
  const answers: Json = {};
  for (const [status, description] of Object.entries(api.refusals)) {
    if (doc.responses[Number(status)] !== undefined) continue;
    const content = { [PROBLEM_CONTENT_TYPE]: { schema: toSchema(problem, 'output') } };
    answers[status] = { description, content };
  }
  return answers;
}

function toParameter({ name, description, schema, required = false }: HeaderDoc): Json {
  return { name, in: 'header', required, description, schema: toSchema(schema, 'input') };
}

function queryParameters(query: RouteDoc['query']): Json[] {
  if (query === undefined) return [];
  const { properties, required } = toSchema(query, 'input') as {
    properties: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required?.includes(name) ?? false,
    ...(description === undefined ? {} : { description }),
    schema,
  }));
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
    doc.examples
      .filter(({ body }) => body !== undefined)
      .map(({ name, body }) => [name, { summary: name, value: body }]),
  );
  const media = { schema: toSchema(doc.body, 'input'), examples };
  return { requestBody: { required: true, content: { 'application/json': media } } };
}

function toOperation({ path, doc }: DocumentedRoute, api: ApiDoc): Json {
  const parameters = [
    ...pathParameters(path),
    ...queryParameters(doc.query),
    ...(doc.headers ?? []).map(toParameter),
  ];
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
      ...refusals(doc, api),
    },
  };
}

/** The OpenAPI 3.1 document of all documented routes, from the very schemas that they parse with. */
export function buildOpenApi(routes: readonly DocumentedRoute[], api: ApiDoc): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: toOperation(route, api) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: api.title,
      version: api.version,
      description: api.description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
  };
}
