import { Readable } from 'node:stream';
import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { preflight } from '../bootstrap/purposes.mjs';
import { choosePort } from './choose-port.ts';
import { call } from './docker.ts';
import { parseImageOptions } from './options.ts';

describe('parseImageOptions', () => {
  it('knows its options and nothing else', () => {
    expect(parseImageOptions(['--smoke', '--offline-base'])).toEqual({
      offlineBase: true,
      fromSources: false,
      smoke: true,
      save: false,
    });
    expect(() => parseImageOptions(['--push'])).toThrow("Unknown option '--push'");
  });
});

describe('npm run images -- --offline-base', () => {
  it.each([
    [0, undefined],
    [1000, 1],
  ])('as user %i: %j', (uid, status) => {
    const machine = { platform: 'linux', env: {}, getuid: () => uid };
    expect(preflight('images', ['--offline-base'], machine)?.status).toBe(status);
    expect(preflight('images', [], machine)).toBeUndefined();
  });
});

describe('call', () => {
  it('gives input and returns output', async () => {
    expect(await call(['cat'], { input: Readable.from(['one ', 'two']) })).toBe('one two');
  });

  it('tells the last lines of what failed, and does not wait for input that nobody reads', async () => {
    const endless = new Readable({
      read() {
        this.push('x'.repeat(65_536));
      },
    });
    const failing = call(['sh', '-c', 'echo the reason >&2; exit 3'], { input: endless });
    await expect(failing).rejects.toThrow(/ended with 3:\nthe reason/u);
    expect(endless.destroyed).toBe(true);
  });

  it('names a command that is not installed', async () => {
    await expect(call(['no-such-command-here'])).rejects.toMatchObject({ code: 'DOCKER_MISSING' });
  });
});

describe('choosePort', () => {
  it('takes the wanted one, or another when that is taken', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const taken = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const other = await choosePort(taken);
    expect(other).not.toBe(taken);
    server.close();
    await once(server, 'close');
    expect(await choosePort(taken)).toBe(taken);
  });
});
