import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RotatingLog } from './rotating-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'omni-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('RotatingLog', () => {
  it('keeps five files of bounded size, the newest line in the first', () => {
    const file = path.join(folder, 'x.log');
    const log = new RotatingLog(file, 100);
    for (let line = 0; line < 200; line += 1) log.write(`line ${line}\n`);
    log.close();
    expect(readdirSync(folder).sort()).toEqual([
      'x.log',
      'x.log.1',
      'x.log.2',
      'x.log.3',
      'x.log.4',
    ]);
    for (const name of readdirSync(folder)) {
      expect(statSync(path.join(folder, name)).size).toBeLessThanOrEqual(100);
      expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
    }
    expect(readFileSync(file, 'utf8')).toContain('line 199');
  });

  it('goes on where an earlier run stopped', () => {
    const file = path.join(folder, 'x.log');
    for (const text of ['one\n', 'two\n']) {
      const log = new RotatingLog(file);
      log.write(text);
      log.close();
    }
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
  });
});
