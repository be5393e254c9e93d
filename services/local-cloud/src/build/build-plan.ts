import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const SERVER = 'src/server.ts';

const relativePath = z
  .string()
  .min(1)
  .refine((value) => !path.isAbsolute(value) && !value.split(/[\\/]/).includes('..'), {
    message: 'must stay inside the service folder',
  });

const packageFile = z.object({
  omni: z
    .object({
      entries: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), relativePath).default({}),
      copy: z.array(relativePath).default([]),
      native: z.array(z.string()).default([]),
    })
    .default({ entries: {}, copy: [], native: [] }),
});

/** What a service's package.json asks of its build. */
export interface BuildPlan {
  readonly sourceDir: string;
  /** Output name (without `.mjs`) -> absolute source file. Always holds `server`. */
  readonly entries: Readonly<Record<string, string>>;
  readonly copy: readonly string[];
  readonly native: readonly string[];
}

/** Reads `omni` of the folder's package.json; a plain folder with src/server.ts will do. */
export function readBuildPlan(sourceDir: string): BuildPlan {
  const file = path.join(sourceDir, 'package.json');
  const content: unknown = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
  const { omni } = packageFile.parse(content);
  const entries = Object.entries({ server: SERVER, ...omni.entries }).map(([name, source]) => [
    name,
    path.join(sourceDir, source),
  ]);
  return {
    sourceDir,
    entries: Object.fromEntries(entries) as Record<string, string>,
    copy: omni.copy,
    native: omni.native,
  };
}
