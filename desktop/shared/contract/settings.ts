import { z } from 'zod';
import type { Settings } from '../domain/settings.ts';
import { mutateConsole, read } from './procedure.ts';
import { target } from './targets.ts';

const theme = z.enum(['system', 'light', 'dark']);

export const settingsDocument: z.ZodType<Settings, Settings> = z.object({
  version: z.literal(1),
  theme,
  targetId: z.string(),
  targets: z.array(target),
  sampleTraffic: z.object({ requestsPerSecond: z.number().int().min(1).max(500) }),
});

export const settings = {
  /** `warning` says what happened to a broken settings file, once per start. */
  read: read.output(
    z.object({
      settings: settingsDocument,
      stateFolder: z.string(),
      warning: z.string().nullable(),
    }),
  ),
  setTheme: mutateConsole.input(z.object({ theme })).output(settingsDocument),
  /** Versions of the console and its runtimes. */
  about: read.output(
    z.object({
      version: z.string(),
      runtimes: z.array(z.object({ name: z.string(), version: z.string() })),
    }),
  ),
};
