import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LocalCloud } from './local-cloud.ts';
import { ownerIn, ownStateFolder } from './owner.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'omni-cloud-'));
  mkdirSync(path.join(folder, 'logs'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that leaves a mark for each of its lives. */
const program = (then: string): string[] => [
  process.execPath,
  '-e',
  `console.log('up');
   require('fs').appendFileSync(${JSON.stringify(path.join(folder, 'lives'))}, process.pid + '\\n');
   process.stdin.on('end', () => process.exit(0)).resume(); ${then}`,
];

const lives = (): string[] => {
  const file = path.join(folder, 'lives');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};

describe('LocalCloud', () => {
  it('starts it again after a crash, and not after a stop', async () => {
    const said: string[] = [];
    const cloud = new LocalCloud(folder, program(''), (text) => said.push(text));
    const end = cloud.run();
    await vi.waitFor(() => expect(lives()).toHaveLength(1), 5000);
    process.kill(Number(lives()[0]), 'SIGKILL');
    await vi.waitFor(() => expect(lives()).toHaveLength(2), 5000);
    await cloud.stop(2000);
    await end;
    expect(said).toEqual(['local cloud ended (137); starting it again in 0.5 s']);
    expect(lives()).toHaveLength(2);
    expect(readFileSync(path.join(folder, 'logs', 'local-cloud.log'), 'utf8')).toBe('up\nup\n');
  });

  it('makes one that ignores the request end', async () => {
    const cloud = new LocalCloud(
      folder,
      program(`process.on('SIGTERM', () => {})`),
      () => undefined,
    );
    const end = cloud.run();
    await vi.waitFor(
      () => expect(readFileSync(path.join(folder, 'logs/local-cloud.log'), 'utf8')).toBe('up\n'),
      5000,
    );
    await cloud.stop(200);
    await end;
  });

  it('says once why it cannot start', async () => {
    const failure = { code: 'NO_ROOM', message: 'disk full', next_step: 'free some' };
    const fail = `console.log(${JSON.stringify(JSON.stringify(failure))}); process.exit(1)`;
    const said: string[] = [];
    const cloud = new LocalCloud(folder, program(fail), (text) => said.push(text));
    const end = cloud.run();
    await vi.waitFor(() => expect(lives()).toHaveLength(2), 5000);
    await cloud.stop(2000);
    await end;
    expect(said.filter((text) => text.startsWith('NO_ROOM'))).toHaveLength(1);
  });

  it('waits for another start to give the folder up, then takes over', async () => {
    const release = ownStateFolder(folder);
    const cloud = new LocalCloud(folder, program(''), () => undefined);
    const end = cloud.run();
    expect(lives()).toHaveLength(0);
    release?.();
    await vi.waitFor(() => expect(lives()).toHaveLength(1), 5000);
    await cloud.stop(2000);
    await end;
    expect(ownerIn(path.join(folder, 'console.pid'))).toBeUndefined();
  });

  it('can be stopped while it waits', async () => {
    const release = ownStateFolder(folder);
    const cloud = new LocalCloud(folder, program(''), () => undefined);
    const end = cloud.run();
    await cloud.stop(2000);
    await end;
    release?.();
    expect(lives()).toHaveLength(0);
  });
});
