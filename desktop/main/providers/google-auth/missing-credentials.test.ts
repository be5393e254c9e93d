import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { withFolder } from '../../testing/temporary-folder.ts';

const NODE = join(import.meta.dirname, '../../../../node_modules/.bin/node');
const CHILD = join(import.meta.dirname, 'missing-credentials.child.ts');

/**
 * A Google client that is made without credentials takes the whole process down later, outside every
 * promise. So this runs in a process of its own, which has to be alive at its end.
 */
it('a target without credentials fails every call with one typed error, and the process lives', async () => {
  await withFolder(async (home) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: home };
    const { stdout } = await promisify(execFile)(NODE, [CHILD, home], { env, timeout: 60_000 });
    const { codes, unhandled, slowestMs } = JSON.parse(stdout) as Record<string, unknown>;
    expect(codes).toEqual(Array.from({ length: 6 }, () => 'CREDENTIALS_MISSING'));
    expect(unhandled).toEqual([]);
    expect(slowestMs).toBeLessThan(5_000);
  });
}, 90_000);
