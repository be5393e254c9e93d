import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { findInPath } from '../bootstrap/places.mjs';
import { hasDisplay, startVirtualDisplay } from './virtual-display.ts';

const installed = Boolean(findInPath('Xvfb') && findInPath('xauth'));
if (!installed) process.stdout.write('skipping the virtual display: no Xvfb or xauth here\n');

/** Asks the X server on that display to let somebody in, with the cookie or without. */
function mayEnter(display: string, authority: string): boolean {
  const env = { DISPLAY: display, XAUTHORITY: authority, PATH: process.env['PATH'] };
  // `xauth generate` opens a connection, which is all we need. It replaces the file of `-f` by a
  // new one (as root even a device), so it gets a file of its own.
  const folder = mkdtempSync(path.join(tmpdir(), 'omni-xauth-'));
  const answers = path.join(folder, 'answers');
  const { stderr } = spawnSync('xauth', ['-f', answers, 'generate', display, '.'], {
    env,
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  return !stderr.includes('unable to open display');
}

describe.skipIf(!installed)('startVirtualDisplay', () => {
  it('opens one for whoever holds the cookie, and takes everything away again', async () => {
    const display = await startVirtualDisplay();
    const { DISPLAY, XAUTHORITY } = display.env;
    const socket = `/tmp/.X11-unix/X${DISPLAY.slice(1)}`;
    try {
      expect(existsSync(socket)).toBe(true);
      expect(mayEnter(DISPLAY, XAUTHORITY)).toBe(true);
      expect(mayEnter(DISPLAY, path.join(path.dirname(XAUTHORITY), 'none'))).toBe(false);
    } finally {
      display.stop();
    }
    await vi.waitFor(() => expect(existsSync(socket)).toBe(false), 5000);
    await vi.waitFor(() => expect(existsSync(path.dirname(XAUTHORITY))).toBe(false), 5000);
  });

  it('ends with a parent that was killed', async () => {
    const module = path.resolve('scripts/start/virtual-display.ts');
    const program = `const { startVirtualDisplay } = await import(${JSON.stringify(module)});
      console.log(JSON.stringify((await startVirtualDisplay()).env)); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program]);
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const { DISPLAY } = JSON.parse(line.toString()) as { DISPLAY: string };
    const socket = `/tmp/.X11-unix/X${DISPLAY.slice(1)}`;
    expect(existsSync(socket)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(existsSync(socket)).toBe(false), 5000);
  });
});

describe('hasDisplay', () => {
  it('looks for X11 and Wayland', () => {
    expect(hasDisplay({ DISPLAY: ':0' })).toBe(true);
    expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
    expect(hasDisplay({})).toBe(process.platform !== 'linux');
  });
});
