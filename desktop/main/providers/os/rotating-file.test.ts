import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFolder } from '../../testing/temporary-folder.ts';
import { createPinoLogger } from './pino-logger.ts';
import { RotatingFile } from './rotating-file.ts';

describe('a rotating log', () => {
  it('keeps the newest lines in a bounded number of files', async () => {
    await withFolder(async (folder) => {
      const file = new RotatingFile({ folder, name: 'x', maxBytes: 1000, files: 3 });
      for (let line = 0; line < 200; line += 1)
        file.write(`line ${String(line)} ${'.'.repeat(40)}\n`);
      const names = await readdir(folder);
      expect(names.sort()).toEqual(['x.1.log', 'x.2.log', 'x.log']);
      for (const name of names)
        expect((await stat(join(folder, name))).size).toBeLessThanOrEqual(1000);
      expect(await readFile(join(folder, 'x.log'), 'utf8')).toContain('line 199');
    });
  });

  it('writes JSON lines for the owner only, with stacks and without secrets', async () => {
    await withFolder(async (folder) => {
      const log = createPinoLogger(join(folder, 'logs'));
      log.error('failed', new Error('Bearer abcdefghijklmnop'), { reference: 'r1' });
      const path = join(folder, 'logs', 'console.log');
      const line: unknown = JSON.parse(await readFile(path, 'utf8'));
      expect(line).toMatchObject({ level: 'error', msg: 'failed', reference: 'r1' });
      expect(JSON.stringify(line)).toContain('rotating-file.test.ts');
      expect(JSON.stringify(line)).not.toContain('abcdefghijklmnop');
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    });
  });
});
