import { z } from 'zod';
import type { Release, ReleasePart } from '../domain/release.ts';
import { STACK_SERVICES } from '../domain/stack.ts';

export const releasePart: z.ZodType<ReleasePart, ReleasePart> = z.object({
  service: z.enum(STACK_SERVICES),
  revision: z.string().nullable(),
  digest: z.string().nullable(),
});

export const release: z.ZodType<Release, Release> = z.object({
  id: z.string(),
  parts: z.array(releasePart),
  previous: z.array(releasePart),
  createdAt: z.number(),
  state: z.enum(['candidate', 'known-good', 'failed']),
  reason: z.string().nullable(),
});
