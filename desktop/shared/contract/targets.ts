import { z } from 'zod';
import type { Target } from '../domain/target.ts';
import { mutateConsole, read } from './procedure.ts';

export const target: z.ZodType<Target, Target> = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['local', 'cloud-run']),
  class: z.enum(['dev', 'stage', 'prod']),
  mode: z.enum(['normal', 'protected', 'read-only']),
});

export const targets = {
  list: read.output(z.object({ targets: z.array(target), selected: z.string() })),
  select: mutateConsole.input(z.object({ id: z.string() })).output(target),
  /** Allowed on a read-only target too: it is the way out of it. */
  setMode: mutateConsole
    .input(z.object({ id: z.string(), mode: z.enum(['normal', 'protected', 'read-only']) }))
    .output(target),
};
