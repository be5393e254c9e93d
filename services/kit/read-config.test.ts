import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError, readConfig } from './read-config.ts';
import { startFailureLine } from './start-error.ts';

const schema = z.object({
  PORT: z.coerce.number().int().default(8080).meta({ example: '8080' }),
  URL: z.url().meta({ example: 'http://127.0.0.1:1' }),
  TOKEN: z
    .string()
    .refine(
      (text) => text.length > 100,
      // A careless message that repeats the value.
      { error: (issue) => `${String(issue.input)} is too short` },
    )
    .optional()
    .meta({ example: 'openssl rand -hex 32', secret: true }),
});

function failureOf(env: Record<string, string>): ConfigError {
  try {
    readConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('expected a ConfigError');
}

describe('readConfig', () => {
  it('returns a frozen object with defaults', () => {
    const config = readConfig(schema, { URL: 'http://a', OTHER: 'x' });
    expect(config).toEqual({ PORT: 8080, URL: 'http://a' });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('counts a variable set to nothing as not set', () => {
    expect(readConfig(schema, { URL: 'http://a', PORT: '' }).PORT).toBe(8080);
  });

  it('names every wrong variable with its example, at once', () => {
    const { message, problems } = failureOf({ PORT: 'many' });
    expect(problems.map((problem) => problem.variable)).toEqual(['PORT', 'URL']);
    expect(message).toContain('URL is missing (example: http://127.0.0.1:1)');
    expect(message).toContain('(example: 8080)');
  });

  it('never repeats a value, even when a refinement does', () => {
    const { message } = failureOf({ URL: 'http://a', TOKEN: 'hunter2-hunter2' });
    expect(message).toContain('TOKEN');
    expect(message).not.toContain('hunter2');
  });

  it('becomes one JSON line with a code and a next step', () => {
    const line = startFailureLine(failureOf({}));
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toMatchObject({ severity: 'CRITICAL', code: 'CONFIG_INVALID' });
  });
});
