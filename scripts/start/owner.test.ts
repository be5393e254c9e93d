import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning, ownerIn, ownStateFolder, parentOf, processStartTime } from './owner.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'omni-owner-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pidFile = (): string => path.join(folder, 'console.pid');

describe('isRunning', () => {
  it('knows this process', () => {
    const own = { pid: process.pid, processStartTime: processStartTime(process.pid) };
    expect(isRunning(own)).toBe(true);
    expect(parentOf(process.pid)).toBe(String(process.ppid));
  });

  it('is not fooled by a pid that was given again', () => {
    expect(isRunning({ pid: process.pid, processStartTime: '1' })).toBe(false);
  });

  it('notices the end', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const identity = { pid: child.pid ?? 0, processStartTime: processStartTime(child.pid ?? 0) };
    expect(isRunning(identity)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isRunning(identity)).toBe(false);
  });
});

describe('ownStateFolder', () => {
  it('gives the folder to the first and to nobody else until it is given up', () => {
    const release = ownStateFolder(folder);
    expect(release).toBeDefined();
    expect(ownStateFolder(folder)).toBeUndefined();
    expect(ownerIn(pidFile())?.pid).toBe(process.pid);
    release?.();
    expect(ownStateFolder(folder)).toBeDefined();
  });

  it.each([
    ['a process that is gone', JSON.stringify({ pid: process.pid, processStartTime: '1' })],
    ['a file cut short', '{"pid":'],
    ['an empty file', ''],
  ])('takes it over from %s', (_name, content) => {
    writeFileSync(pidFile(), content);
    expect(ownStateFolder(folder)).toBeDefined();
    expect(JSON.parse(readFileSync(pidFile(), 'utf8'))).toMatchObject({ pid: process.pid });
  });
});
