import type { z } from 'zod';
import { StartError } from './start-error.ts';

/** What is wrong with one environment variable. */
export interface ConfigProblem {
  variable: string;
  reason: string;
  example: string | undefined;
}

/** The environment does not fit; the message lists every variable at once. */
export class ConfigError extends StartError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(
      'CONFIG_INVALID',
      `Invalid configuration: ${problems.map(describe).join('; ')}`,
      'Set the named environment variables (table in the README of the service), start again.',
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Parses the environment with a zod object whose keys are variable names and returns it frozen.
 *
 * Give each field `.meta({ example: '...', secret: true })` as its **last** call: the example is
 * printed when the variable is wrong; the value of a variable never is. A variable set to nothing
 * counts as not set, because compose files and consoles write `NAME=` for that.
 */
export function readConfig<Schema extends z.ZodObject>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<z.output<Schema>> {
  const input: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = env[name];
    if (value !== undefined && value !== '') input[name] = value;
  }
  const parsed = schema.safeParse(input);
  if (parsed.success) return Object.freeze(parsed.data);
  throw new ConfigError(parsed.error.issues.map((issue) => toProblem(schema, input, issue)));
}

function toProblem(
  schema: z.ZodObject,
  input: Readonly<Record<string, string>>,
  issue: z.core.$ZodIssue,
): ConfigProblem {
  const variable = String(issue.path[0] ?? '(environment)');
  const value = input[variable];
  const missing = value === undefined && issue.code === 'invalid_type';
  const example = exampleOf(schema, variable);
  return { variable, reason: missing ? 'is missing' : withoutValue(issue.message, value), example };
}

/** zod's own messages carry no input, but a refinement's might: values may be secrets. */
function withoutValue(message: string, value: string | undefined): string {
  return value === undefined || value.length < 4 ? message : message.replaceAll(value, '***');
}

function exampleOf(schema: z.ZodObject, variable: string): string | undefined {
  const field = schema.shape[variable] as z.ZodType | undefined;
  const example = field?.meta()?.['example'];
  return typeof example === 'string' ? example : undefined;
}

function describe(problem: ConfigProblem): string {
  const example = problem.example === undefined ? '' : ` (example: ${problem.example})`;
  return `${problem.variable} ${problem.reason}${example}`;
}
