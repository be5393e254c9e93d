import { z } from 'zod';
import { DEFAULT_CANARY } from '../domain/canary-settings.ts';
import { canarySettings } from './canary-state.ts';
import { plan } from './plan.ts';
import { mutate, mutateConsole, read } from './procedure.ts';

/** Literal variables to set (string) or to remove (null). */
const envEdits = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'Letters, digits and _.'),
  z.string().nullable(),
);

const startInput = z.object({
  service: z.string(),
  /** A revision that exists, or one that is made first and gets nothing until it is ready. */
  what: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('revision'), revision: z.string() }),
    z.object({
      kind: z.literal('deploy'),
      build: z.boolean().default(true),
      env: envEdits.default({}),
    }),
  ]),
  settings: canarySettings.default(DEFAULT_CANARY),
  /** Version of the service that the confirmed plan was read at; absent when there was none. */
  etag: z.string().optional(),
});
export type CanaryStart = z.infer<typeof startInput>;

const command = z.object({ id: z.string() });
const because = command.extend({ reason: z.string().max(200).default('') });

/** A canary is an operation: follow it there. These begin one and decide about one that runs. */
export const canary = {
  /** What its first step would change. */
  plan: read.input(startInput).output(plan),
  /** Returns at once. */
  start: mutate.input(startInput).output(z.object({ operationId: z.string() })),
  /** Nothing moves until it is resumed. Allowed on a read-only target: it makes things stop. */
  hold: mutateConsole.input(because).output(command),
  resume: mutate.input(command).output(command),
  /** All traffic at once, without waiting for the gates. */
  promote: mutate.input(because).output(command),
  /** Back to 0 %. Allowed on a read-only target: what runs there has to be stoppable. */
  abort: mutateConsole.input(because).output(command),
};
