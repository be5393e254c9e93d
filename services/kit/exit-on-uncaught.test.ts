import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const module = (name: string): string => JSON.stringify(join(import.meta.dirname, name));

function run(
  fault: string,
  report = '',
): { status: number | null; stdout: string; stderr: string } {
  const program = `
    import { exitOnUncaught } from ${module('exit-on-uncaught.ts')};
    import { createLogger } from ${module('logger.ts')};
    const logger = createLogger({ service: 's', revision: 'r' });
    exitOnUncaught({ logger, ${report} });
    setInterval(() => {}, 1000);
    ${fault}`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module-typescript', '--no-warnings', '-e', program],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

describe('exitOnUncaught', () => {
  it.each([
    ['an exception', `setTimeout(() => { throw new Error('boom at postgres://u:hunter2@h/') });`],
    ['a rejection', `Promise.reject(new Error('boom at postgres://u:hunter2@h/'));`],
  ])('ends with 1 and one clean line after %s', (_name, fault) => {
    const { status, stdout, stderr } = run(fault);
    expect(status).toBe(1);
    expect(stderr).toBe('');
    const [line, ...more] = stdout.trim().split('\n');
    expect(more).toEqual([]);
    expect(JSON.parse(line ?? '')).toMatchObject({ severity: 'ERROR', code: 'UNCAUGHT_ERROR' });
    expect(stdout).toContain('boom');
    expect(stdout).not.toContain('hunter2');
  });

  it('waits for the report', () => {
    const report = `report: async (error) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      process.stderr.write('reported ' + error.message);
    }`;
    expect(run(`throw new Error('boom');`, report).stderr).toBe('reported boom');
  });
});
