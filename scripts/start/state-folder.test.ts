import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseStateFolder, openStateFolder } from './state-folder.ts';

describe('chooseStateFolder', () => {
  const home = '/home/ada';
  it.each([
    ['the option first', '/here', { OMNI_STATE_DIR: '/env', XDG_STATE_HOME: '/xdg' }, '/here'],
    ['then the variable', undefined, { OMNI_STATE_DIR: '/env', XDG_STATE_HOME: '/xdg' }, '/env'],
    ['then XDG', undefined, { XDG_STATE_HOME: '/xdg' }, '/xdg/omni-console'],
    [
      'a relative XDG is ignored',
      undefined,
      { XDG_STATE_HOME: 'xdg' },
      `${home}/.local/state/omni-console`,
    ],
    [
      'an empty variable is none',
      undefined,
      { OMNI_STATE_DIR: '' },
      `${home}/.local/state/omni-console`,
    ],
    ['else the home', undefined, {}, `${home}/.local/state/omni-console`],
  ])('%s', (_name, option, env, folder) => {
    expect(chooseStateFolder(option, env, home)).toBe(folder);
  });

  it('makes a relative one absolute', () => {
    expect(chooseStateFolder('state', {}, home)).toBe(path.resolve('state'));
  });
});

describe('openStateFolder', () => {
  let place: string;
  beforeEach(() => {
    place = mkdtempSync(path.join(tmpdir(), 'omni-state-'));
  });
  afterEach(() => rmSync(place, { recursive: true, force: true }));

  const mode = (folder: string): number => statSync(folder).mode & 0o777;
  const unusable = expect.objectContaining({ code: 'STATE_DIR_UNUSABLE' }) as Error;

  it('makes it with its parents, for its owner alone', () => {
    const folder = path.join(place, 'a', 'b');
    openStateFolder(folder);
    expect(mode(folder)).toBe(0o700);
    expect(mode(path.join(folder, 'logs'))).toBe(0o700);
    expect(existsSync(path.join(folder, `.probe-${process.pid}`))).toBe(false);
  });

  it('takes an empty folder and closes it to others', () => {
    chmodSync(place, 0o755);
    openStateFolder(place);
    expect(mode(place)).toBe(0o700);
  });

  it('takes its own folder again, with whatever it keeps there', () => {
    writeFileSync(path.join(place, 'console.pid'), '{}');
    writeFileSync(path.join(place, 'settings.json'), '{}');
    chmodSync(place, 0o750);
    openStateFolder(place);
    expect(mode(place)).toBe(0o700);
  });

  it('leaves a foreign folder as it is', () => {
    writeFileSync(path.join(place, 'thesis.txt'), '');
    chmodSync(place, 0o755);
    expect(() => openStateFolder(place)).toThrow(unusable);
    expect(mode(place)).toBe(0o755);
  });

  it.each(['file', 'file/below'])('refuses %s', (name) => {
    writeFileSync(path.join(place, 'file'), '');
    expect(() => openStateFolder(path.join(place, name))).toThrow(unusable);
  });

  it('refuses where nothing can be made', () => {
    expect(() => openStateFolder('/proc/omni')).toThrow(unusable);
  });

  it('does not care how deep it is', () => {
    const folder = path.join(place, 'a/b/c/d/e/f/g/h');
    mkdirSync(path.join(place, 'a'));
    openStateFolder(folder);
    expect(existsSync(folder)).toBe(true);
  });
});
