import { z } from 'zod';
import type { Target, TargetCredentials } from '../domain/target.ts';
import { mutateConsole, read } from './procedure.ts';

const credentials: z.ZodType<TargetCredentials, TargetCredentials> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({
    kind: z.literal('adc'),
    impersonate: z.string().nullable(),
    file: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('oauth'),
    impersonate: z.string().nullable(),
    clientFile: z.string(),
  }),
]);

export const target: z.ZodType<Target, Target> = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['local', 'cloud-run']),
  class: z.enum(['dev', 'stage', 'prod']),
  mode: z.enum(['normal', 'protected', 'read-only']),
  project: z.string().nullable(),
  region: z.string().nullable(),
  credentials,
});

export const targets = {
  list: read.output(z.object({ targets: z.array(target), selected: z.string() })),
  select: mutateConsole.input(z.object({ id: z.string() })).output(target),
  /** Allowed on a read-only target too: it is the way out of it. */
  setMode: mutateConsole
    .input(z.object({ id: z.string(), mode: z.enum(['normal', 'protected', 'read-only']) }))
    .output(target),
};
