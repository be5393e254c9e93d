import type { ExampleDoc, RouteDoc } from '@omni/kit/api-docs/route-doc.ts';
import { z } from 'zod';
import { HEADER_LENGTH } from '../oip/infer-message.ts';
import {
  indexRequest,
  inferRequest,
  inferResponse,
  loadRequest,
  modelMetadata,
  modelReady,
  modelStats,
  oipError,
  oipLive,
  oipReady,
  repositoryIndex,
  serverMetadata,
} from './oip-schema.ts';
import { TIMEOUT_HEADER } from './read-embeddings-request.ts';
import { stickyDoc } from './sticky-key.ts';

const TAG = 'Open Inference Protocol';
const REPOSITORY_TAG = 'Model repository';
const MODEL = 'all-minilm-l6-v2';
const known = { model: MODEL, version: '1' };
const notFound = { 404: { description: 'No such model or version', schema: oipError } };
const notReady = { 503: { description: 'Not ready: retry', schema: oipError } };
const askKnown: ExampleDoc = { name: 'The shipped model', params: known, status: 200 };
const askUnknown: ExampleDoc = {
  name: 'Unknown model',
  params: { model: 'nobody', version: '1' },
  status: 404,
};

/** The documentation of a route on one of its paths: without a version, the newest ready answers. */
export function versioned(doc: RouteDoc, path: string): RouteDoc {
  if (path.includes(':version')) return { ...doc, summary: `${doc.summary}, of one version` };
  const examples = doc.examples.map(({ params, ...example }) => {
    return { ...example, params: { model: params?.['model'] ?? MODEL } };
  });
  return { ...doc, examples };
}

export const serverDoc: RouteDoc = {
  tag: TAG,
  summary: 'Server metadata',
  description: 'The Open Inference Protocol v2 (KServe, Triton): health, metadata and inference.',
  responses: { 200: { description: 'Name, version, extensions', schema: serverMetadata } },
  examples: [{ name: 'Ask', status: 200 }],
};
export const liveDoc: RouteDoc = {
  tag: TAG,
  summary: 'The server lives',
  responses: { 200: { description: 'Alive', schema: oipLive } },
  examples: [{ name: 'Ask', status: 200 }],
};
export const readyDoc: RouteDoc = {
  tag: TAG,
  summary: 'Every model is ready',
  responses: {
    200: { description: 'Ready', schema: oipReady },
    503: { description: 'Not ready', schema: oipReady },
  },
  examples: [{ name: 'Ask', status: 200 }],
};
export const metadataDoc: RouteDoc = {
  tag: TAG,
  summary: 'Model metadata',
  description: 'Inputs, outputs, versions, and where the file comes from and how good it is.',
  responses: { 200: { description: 'Metadata', schema: modelMetadata }, ...notFound, ...notReady },
  examples: [askKnown, askUnknown],
};
export const modelReadyDoc: RouteDoc = {
  tag: TAG,
  summary: 'Model is ready',
  responses: {
    200: { description: 'Ready', schema: modelReady },
    503: { description: 'Not ready', schema: modelReady },
    ...notFound,
  },
  examples: [askKnown, askUnknown],
};
export const statsDoc: RouteDoc = {
  tag: TAG,
  summary: 'Model statistics',
  description:
    'Since the version was loaded; durations in nanoseconds. `inference_count` counts texts or requests that a lane ran, `execution_count` dispatches; answers from the cache are in `success` only.',
  responses: { 200: { description: 'Statistics', schema: modelStats }, ...notFound },
  examples: [askKnown, askUnknown],
};

const text = (data: readonly unknown[], shape: readonly number[]): unknown => ({
  inputs: [{ name: 'text', shape, datatype: 'BYTES', data }],
});

export const inferDoc: RouteDoc = {
  tag: TAG,
  summary: 'Infer',
  description: `Tensors in, tensors out; embedding models take texts as the BYTES input \`text\`. With the header \`${HEADER_LENGTH}\` raw tensors follow that many bytes of JSON (binary tensor data extension), and with 0 the body is the values of the model's only input.`,
  body: inferRequest,
  headers: [
    {
      name: HEADER_LENGTH,
      description: 'Bytes of JSON before the binary tensors',
      schema: z.int().min(0),
    },
    {
      name: TIMEOUT_HEADER,
      description: 'Give up after this many milliseconds; work that still waits is dropped',
      schema: z.int().min(1).max(60_000),
    },
    stickyDoc,
  ],
  responses: {
    200: { description: 'Outputs in the order asked for', schema: inferResponse },
    400: { description: 'The request does not fit the model', schema: oipError },
    ...notFound,
    413: { description: 'Too large', schema: oipError },
    429: { description: 'The queue is full', schema: oipError },
    500: { description: 'The model failed on this input', schema: oipError },
    ...notReady,
    504: { description: 'The deadline passed', schema: oipError },
  },
  examples: [
    {
      name: 'Two texts',
      params: known,
      body: text(['latency rose after the deploy', 'the key was revoked'], [2]),
      status: 200,
    },
    { name: 'Shape and data differ', params: known, body: text(['one'], [2]), status: 400 },
    { ...askUnknown, body: text(['one'], [1]) },
  ],
};

export const indexDoc: RouteDoc = {
  tag: REPOSITORY_TAG,
  summary: 'Every model version and its state',
  body: indexRequest,
  responses: {
    200: { description: 'Index', schema: repositoryIndex },
    400: { description: 'The request is wrong', schema: oipError },
  },
  examples: [
    { name: 'All', body: {}, status: 200 },
    { name: 'Ready ones', body: { ready: true }, status: 200 },
    { name: 'Unknown field', body: { all: true }, status: 400 },
  ],
};
const admin = {
  403: { description: 'The caller may not change what is loaded', schema: oipError },
};
export const loadDoc: RouteDoc = {
  tag: REPOSITORY_TAG,
  summary: 'Load a model',
  description:
    'Reads the repository again and serves what the version policy wants. A new version is loaded beside the old one and takes over when it is warm: no request fails. When it cannot be loaded the old one goes on. Takes no file and no configuration.',
  body: loadRequest,
  responses: {
    200: { description: 'Loaded', schema: z.object({}) },
    400: { description: 'The version cannot be loaded, or the request is wrong', schema: oipError },
    ...admin,
    ...notFound,
  },
  examples: [
    { name: 'The shipped model', params: { model: MODEL }, body: {}, status: 200 },
    {
      name: 'Configuration sent along',
      params: { model: MODEL },
      body: { parameters: { config: '{}' } },
      status: 400,
    },
    { name: 'Unknown model', params: { model: 'nobody' }, body: {}, status: 404 },
  ],
};
export const unloadDoc: RouteDoc = {
  tag: REPOSITORY_TAG,
  summary: 'Unload a model',
  description: 'New requests are refused at once, accepted ones answered, then its lanes end.',
  body: loadRequest,
  responses: {
    200: { description: 'Unloaded', schema: z.object({}) },
    400: { description: 'The request is wrong', schema: oipError },
    ...admin,
    ...notFound,
  },
  examples: [{ name: 'Unknown model', params: { model: 'nobody' }, body: {}, status: 404 }],
};
