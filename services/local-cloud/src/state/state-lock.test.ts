import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockState, removeStaleLock } from './state-lock.ts';

const DEAD = { pid: 2 ** 22, startTime: '1' };
const OTHER = { pid: process.ppid, startTime: 'other' };
let dir = '';
let file = '';

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'lock-'));
  file = path.join(dir, 'cloud', 'lock.json');
  fs.mkdirSync(path.dirname(file));
});

afterEach(() => {
  fs.rmSync(dir, { recursive: true });
});

function write(owner: object): void {
  fs.writeFileSync(file, JSON.stringify(owner));
}

function read(): unknown {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

describe('the lock of the state folder', () => {
  it('is taken from a dead owner, and removed at the end', () => {
    write(DEAD);
    const lock = lockState(dir);
    expect(read()).toMatchObject({ pid: process.pid });
    expect(() => lockState(dir)).toThrow(`pid ${process.pid}`);
    lock.release();
    expect(fs.readdirSync(path.dirname(file))).toEqual([]);
  });

  it('stays when it is another one than the owner that was found dead', () => {
    write(OTHER);
    expect(removeStaleLock(file, DEAD)).toBe(false);
    expect(read()).toEqual(OTHER);
    expect(fs.readdirSync(path.dirname(file))).toEqual(['lock.json']);
  });

  it('is only released by the one who has it', () => {
    const lock = lockState(dir);
    write(OTHER);
    lock.release();
    expect(read()).toEqual(OTHER);
  });
});
