import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { localFault } from '@omni/contracts/local-cloud-faults.ts';
import type { LocalFault } from '@omni/contracts/local-cloud-faults.ts';
import { StartFailure, messageOf } from './start-failure.ts';

export const USAGE = `local-cloud: a Cloud Run compatible control plane on loopback

  node services/local-cloud/src/server.mjs --state DIR --sources DIR [options]

  --state DIR             durable state: journal, artifacts, secrets, Postgres, local-cloud.json
  --sources DIR           folder of the service folders that SubmitBuild may build
  --port SERVICE=PORT     preferred router port, repeatable (default gateway=8081 backend=8080)
  --warm-seconds N        how long a revision that lost its traffic stays warm (default 300)
  --idle-seconds N        idle time after which instances beyond min are stopped (default 900)
  --revision-limit N      revisions that a service keeps; the oldest idle ones go (default 1000)
  --fault JSON            a fault that is on from the start, repeatable (README, Faults)
  --no-postgres           don't run the local Postgres
  --exit-with-parent      stop when standard input ends
  --help                  this text
`;

const DEFAULT_PORTS: Readonly<Record<string, number>> = { gateway: 8081, backend: 8080 };

const port = z.coerce.number().int().min(0).max(65_535);
const seconds = z.coerce.number().positive().max(86_400);

const argumentsSchema = z.object({
  state: z.string().min(1),
  sources: z.string().min(1),
  port: z.array(z.string().regex(/^[a-z][a-z0-9-]*=\d+$/, 'must be SERVICE=PORT')).default([]),
  'warm-seconds': seconds.default(300),
  'idle-seconds': seconds.default(900),
  'revision-limit': z.coerce.number().int().min(1).max(1000).default(1000),
  fault: z.array(z.string().transform(toFault)).default([]),
  'no-postgres': z.boolean().default(false),
  'exit-with-parent': z.boolean().default(false),
  help: z.boolean().default(false),
});

export interface Config {
  readonly stateDir: string;
  readonly sourcesDir: string;
  readonly preferredPorts: Readonly<Record<string, number>>;
  readonly warmMs: number;
  readonly idleMs: number;
  readonly revisionLimit: number;
  readonly faults: readonly LocalFault[];
  readonly postgres: boolean;
  readonly exitWithParent: boolean;
}

/** Command line -> frozen configuration, or `null` when only the help was asked for. */
export function parseConfig(argv: readonly string[]): Config | null {
  if (argv.includes('--help')) return null;
  try {
    const parsed = argumentsSchema.parse(parseArgs({ args: [...argv], options: OPTIONS }).values);
    return Object.freeze({
      stateDir: path.resolve(parsed.state),
      sourcesDir: path.resolve(parsed.sources),
      preferredPorts: { ...DEFAULT_PORTS, ...toPorts(parsed.port) },
      warmMs: parsed['warm-seconds'] * 1000,
      idleMs: parsed['idle-seconds'] * 1000,
      revisionLimit: parsed['revision-limit'],
      faults: parsed.fault,
      postgres: !parsed['no-postgres'],
      exitWithParent: parsed['exit-with-parent'],
    });
  } catch (error) {
    throw new StartFailure('ARGUMENTS_INVALID', describe(error), 'Run it with --help.');
  }
}

const OPTIONS = {
  state: { type: 'string' },
  sources: { type: 'string' },
  port: { type: 'string', multiple: true },
  'warm-seconds': { type: 'string' },
  'idle-seconds': { type: 'string' },
  'revision-limit': { type: 'string' },
  fault: { type: 'string', multiple: true },
  'no-postgres': { type: 'boolean' },
  'exit-with-parent': { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

function toFault(text: string, context: z.RefinementCtx): LocalFault {
  const parsed = localFault.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  context.addIssue({ code: 'custom', message: z.prettifyError(parsed.error) });
  return z.NEVER;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON is no fault: the schema says so, naming the argument.
    return null;
  }
}

function toPorts(pairs: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [service = '', value = ''] = pair.split('=');
      return [service, port.parse(value)];
    }),
  );
}

function describe(error: unknown): string {
  if (!(error instanceof z.ZodError)) return messageOf(error);
  return error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`).join('; ');
}
