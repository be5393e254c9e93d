import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { mutate, mutateConsole, read } from './procedure.ts';

/** Where the chosen target stands, for the frame around every screen. */
const stackStatus = z.object({
  /** `deploying`: the first start deploys the stack; follow `operationIds`. */
  phase: z.enum(['connecting', 'deploying', 'ready', 'unreachable', 'failed']),
  reason: z.string().nullable(),
  gatewayUrl: z.string().nullable(),
  backendUrl: z.string().nullable(),
  /** Epoch ms since when the platform runs. */
  startedAt: z.number().nullable(),
  operationIds: z.array(z.string()),
});
export type StackStatus = z.infer<typeof stackStatus>;

const sampleTraffic = z.object({
  on: z.boolean(),
  requestsPerSecond: z.number(),
  sent: z.number(),
  failed: z.number(),
  /** Why the last request failed, null when it didn't. */
  lastFailure: z.string().nullable(),
});
export type SampleTraffic = z.infer<typeof sampleTraffic>;

/** One request of the end-to-end test with what came back. Bodies are cut to 2,000 characters. */
const testAnswer = z.object({
  method: z.string(),
  url: z.string(),
  /** JSON that was sent, null for a request without a body. */
  requestBody: z.string().nullable(),
  status: z.number().nullable(),
  elapsedMs: z.number(),
  revision: z.string().nullable(),
  body: z.string(),
  error: z.string().nullable(),
});
export type TestAnswer = z.infer<typeof testAnswer>;

export const stack = {
  watch: read.output(eventIterator(stackStatus)),
  /** Deploys what is missing of the stack; the same as on first start. */
  ensure: mutate.output(z.object({ operationIds: z.array(z.string()) })),
  /** Sends the documented requests through the gateway with the sample key. */
  test: read.output(z.array(testAnswer)),
  watchSampleTraffic: read.output(eventIterator(sampleTraffic)),
  /** Off works on a read-only target too; on is refused there by the use case. */
  setSampleTraffic: mutateConsole
    .input(z.object({ on: z.boolean(), requestsPerSecond: z.number().int().min(1).max(500) }))
    .output(sampleTraffic),
};
