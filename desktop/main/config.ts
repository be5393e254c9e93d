import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { CANCEL_WINDOW_MS } from '../shared/domain/safety.ts';

const flag = z
  .enum(['0', '1'])
  .optional()
  .transform((value) => value === '1');

const environment = z.object({
  OMNI_STATE_DIR: z.string().min(1).optional(),
  OMNI_SOURCES_DIR: z.string().min(1).optional(),
  OMNI_EXIT_WITH_PARENT: flag,
  OMNI_MARKS: flag,
  OMNI_AUTO_DEPLOY: z.enum(['0', '1']).default('1'),
  OMNI_CANCEL_WINDOW_MS: z.coerce.number().int().min(0).max(10_000).default(CANCEL_WINDOW_MS),
});

/** Everything the console reads from outside, once, at its start. */
export interface ConsoleConfig {
  /** Journal, audit log, settings, logs, and the local cloud's own files. */
  readonly stateFolder: string;
  /** Folder of the service folders that can be deployed. */
  readonly sourcesFolder: string;
  /** Folder of the built page. */
  readonly pageFolder: string;
  /** End when the process that started this one is gone. */
  readonly exitWithParent: boolean;
  /** Print start-up marks as JSON lines on standard output. */
  readonly marks: boolean;
  /** Deploy what is missing of the stack at start. */
  readonly autoDeploy: boolean;
  /** How long an ordinary change can be taken back before it is sent; 0 never waits. */
  readonly cancelWindowMs: number;
}

/**
 * Environment -> one frozen object. Throws ConfigError, which names the variable.
 *
 * @param root the project's root, or the packed app's
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  root: string,
): ConsoleConfig {
  const parsed = environment.safeParse(env);
  if (!parsed.success) throw new ConfigError(parsed.error);
  const values = parsed.data;
  return Object.freeze({
    stateFolder: absolute(values.OMNI_STATE_DIR ?? defaultStateFolder(env)),
    sourcesFolder: absolute(values.OMNI_SOURCES_DIR ?? join(root, 'services')),
    pageFolder: join(root, '.cache', 'build', 'client'),
    exitWithParent: values.OMNI_EXIT_WITH_PARENT,
    marks: values.OMNI_MARKS,
    cancelWindowMs: values.OMNI_CANCEL_WINDOW_MS,
    autoDeploy: values.OMNI_AUTO_DEPLOY === '1',
  });
}

/** The start can't go on: says which variable and what it wants. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
  readonly nextStep = 'Correct the variable, or unset it to use its default.';

  constructor(problem: z.ZodError) {
    const words = problem.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    super(`The environment can't be used: ${words.join('; ')}`);
    this.name = 'ConfigError';
  }
}

function defaultStateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const xdg = env['XDG_STATE_HOME'];
  // The XDG base directory rules: a relative path is to be ignored.
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.local', 'state');
  return join(base, 'omni-console');
}

function absolute(path: string): string {
  return isAbsolute(path) ? path : resolve(path);
}
