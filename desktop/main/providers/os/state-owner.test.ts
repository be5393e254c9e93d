import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { withFolder } from '../../testing/temporary-folder.ts';
import { processStartTime } from '../local/is-same-process.ts';
import { OWNER_FILE, ownState } from './state-owner.ts';

/** A process's identity as an owner file holds it. */
async function identityOf(pid: number): Promise<string> {
  return JSON.stringify({ pid, processStartTime: await processStartTime(pid) });
}

describe('the console that owns a state folder', () => {
  it('keeps others out by its pid and lets them in once it has given it up', async () => {
    await withFolder(async (folder) => {
      const release = await ownState(folder);
      await expect(ownState(folder)).rejects.toMatchObject({
        code: 'STATE_IN_USE',
        message: expect.stringContaining(`process ${String(process.pid)}`) as string,
        nextStep: expect.stringContaining('--state') as string,
      });
      await release();
      await (
        await ownState(folder)
      )();
      expect(await readdir(folder)).toEqual([]);
    });
  });

  it('replaces one that was killed, at once', async () => {
    await withFolder(async (folder) => {
      const other = spawn('sleep', ['60']);
      const gone = once(other, 'exit');
      await writeFile(join(folder, OWNER_FILE), await identityOf(other.pid ?? 0));
      await expect(ownState(folder)).rejects.toMatchObject({ code: 'STATE_IN_USE' });
      other.kill('SIGKILL');
      await gone;
      const release = await ownState(folder);
      expect(await readFile(join(folder, OWNER_FILE), 'utf8')).toBe(await identityOf(process.pid));
      await release();
    });
  });

  it.each([
    [
      'whose pid was given to another process',
      `{"pid":${String(process.pid)},"processStartTime":"1"}`,
    ],
    ['that was cut short', '{"pi'],
    ['that says something else', '[]'],
  ])('replaces a file %s', async (_what, content) => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, OWNER_FILE), content);
      await (
        await ownState(folder)
      )();
    });
  });

  it('lets exactly one of several in when they all find a dead owner', async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, OWNER_FILE), '{}');
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => ownState(folder)));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });
  });
});
