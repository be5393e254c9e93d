import { z } from 'zod';
import { DATATYPES } from '../oip/datatypes.ts';

const parameters = z.record(z.string(), z.unknown());
const shape = z.array(z.int());
const count = z.int().nonnegative();

export const oipError = z.object({ error: z.string() });
export const oipLive = z.object({ live: z.literal(true) });
export const oipReady = z.object({ live: z.literal(true), ready: z.boolean() });
export const modelReady = z.object({ name: z.string(), ready: z.boolean() });

export const serverMetadata = z.object({
  name: z.string(),
  version: z.string(),
  extensions: z.array(z.string()),
});

const tensorMetadata = z.object({
  name: z.string(),
  datatype: z.enum(DATATYPES),
  shape: shape.describe('-1: any size'),
});
export const modelMetadata = z.object({
  name: z.string(),
  versions: z.array(z.string()),
  platform: z.string(),
  inputs: z.array(tensorMetadata),
  outputs: z.array(tensorMetadata),
  properties: z.object({
    version: z.string().describe('The version that these facts are about'),
    sha256: z.string(),
    licence: z.string(),
    source: z.string(),
    quality: z.object({ dataset: z.string(), metric: z.string(), value: z.number() }).optional(),
  }),
});

export const inferRequest = z.object({
  id: z.string().optional(),
  parameters: parameters.optional(),
  inputs: z.array(
    z.object({
      name: z.string(),
      shape,
      datatype: z.enum(DATATYPES),
      parameters: parameters.optional(),
      data: z.array(z.unknown()).optional().describe('Flat or nested; left out when it is binary'),
    }),
  ),
  outputs: z.array(z.object({ name: z.string(), parameters: parameters.optional() })).optional(),
});
export const inferResponse = z.object({
  model_name: z.string(),
  model_version: z.string(),
  id: z.string().optional(),
  outputs: z.array(
    z.object({
      name: z.string(),
      shape,
      datatype: z.enum(DATATYPES),
      parameters: parameters.optional(),
      data: z.array(z.unknown()).optional(),
    }),
  ),
});

const tally = z.object({ count, ns: count });
export const modelStats = z.object({
  model_stats: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      last_inference: count,
      inference_count: count,
      execution_count: count,
      inference_stats: z.object({
        success: tally,
        fail: tally,
        queue: tally,
        compute_input: tally,
        compute_infer: tally,
      }),
    }),
  ),
});

export const indexRequest = z.object({ ready: z.boolean().optional() }).strict();
export const repositoryIndex = z.array(
  z.object({
    name: z.string(),
    version: z.string(),
    state: z.enum(['UNAVAILABLE', 'LOADING', 'READY', 'UNLOADING']),
    reason: z.string(),
  }),
);
/** No field is taken: a file or a configuration sent along would be a model that nobody checked. */
export const loadRequest = z
  .object({ parameters: z.object({}).strict().optional() })
  .strict()
  .optional();
