import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONNECTION_FILE } from '@omni/contracts/local-cloud.ts';
import type { LocalCloudConnection } from '@omni/contracts/local-cloud.ts';
import { LocalConnection } from './local-connection.ts';
import { LocalSecrets } from './local-secrets.ts';

/** Field 22 of this process's own stat. */
async function ownStartTime(): Promise<string> {
  const stat = await readFile('/proc/self/stat', 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

describe('LocalConnection', () => {
  let folder: string;
  let connection: LocalConnection;
  let running: LocalCloudConnection;

  const write = (content: unknown): Promise<void> =>
    writeFile(path.join(folder, CONNECTION_FILE), JSON.stringify(content));

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'omni-connection-'));
    connection = new LocalConnection(folder);
    running = {
      pid: process.pid,
      processStartTime: await ownStartTime(),
      grpcPort: 1,
      httpPort: 2,
      token: 't'.repeat(40),
      version: '1',
      startedAt: '2026-01-01T00:00:00.000Z',
    };
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('is what the file says', async () => {
    await write(running);
    expect(await connection.get()).toEqual(running);
  });

  it('is read again when the file changes', async () => {
    await write(running);
    await connection.get();
    await write({ ...running, grpcPort: 10_000 });
    expect(await connection.get()).toMatchObject({ grpcPort: 10_000 });
  });

  it.each([
    ['there is no file', null, 'isn’t running'],
    ['the file is cut off', { pid: 1 }, 'can’t be read'],
  ])('is refused when %s', async (_, content, reason) => {
    if (content !== null) await write(content);
    await expect(connection.get()).rejects.toMatchObject({
      code: 'TARGET_UNREACHABLE',
      message: expect.stringContaining(reason) as string,
    });
  });

  it('is refused when its pid belongs to another process by now', async () => {
    await write({ ...running, processStartTime: '1' });
    await expect(connection.get()).rejects.toThrow('has ended');
  });

  it('trusts the pid where no start time is known', async () => {
    await write({ ...running, processStartTime: null });
    expect(await connection.get()).toMatchObject({ pid: process.pid });
  });
});

describe('LocalSecrets', () => {
  it('says which secret is missing', async () => {
    const secrets = new LocalSecrets('/nowhere');
    await expect(secrets.gatewayAdminToken()).rejects.toMatchObject({
      code: 'KEY_STORE_UNAVAILABLE',
      message: expect.stringContaining('gateway-admin-token') as string,
    });
  });
});
