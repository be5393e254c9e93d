import { describe, expect, it } from 'vitest';
import { needsFor, preflight } from '../bootstrap/purposes.mjs';
import { parseStartOptions } from './options.ts';

describe('parseStartOptions', () => {
  it.each([
    [[], { state: undefined, browser: false, xvfb: false }],
    [['--state', '/s', '--xvfb'], { state: '/s', browser: false, xvfb: true }],
    [['--state=/s', '--browser'], { state: '/s', browser: true, xvfb: false }],
  ])('%j', (args, options) => {
    expect(parseStartOptions(args)).toEqual(options);
  });

  it.each([[['--sate', 'x']], [['--state']], [['here']], [['--xvfb=yes']]])(
    'refuses %j with a code and the way out',
    (args) => {
      expect(() => parseStartOptions(args)).toThrow(
        expect.objectContaining({
          code: 'ARGUMENTS_INVALID',
          nextStep: expect.anything() as string,
        }),
      );
    },
  );
});

describe('preflight', () => {
  const bare = { platform: 'linux', env: {} };

  it('explains a missing display before anything is installed', () => {
    const notice = preflight('start', [], bare);
    expect(notice?.status).toBe(1);
    expect(notice?.text).toContain('NO_DISPLAY');
    expect(notice?.text).toContain('npm run start:browser');
    expect(notice?.text).toContain('npm start -- --xvfb');
  });

  it.each([
    ['X11', [], { platform: 'linux', env: { DISPLAY: ':0' } }],
    ['Wayland', [], { platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' } }],
    ['another system', [], { platform: 'darwin', env: {} }],
    ['a virtual display', ['--xvfb'], bare],
    ['a browser', ['--browser'], bare],
  ])('lets %s through', (_name, args, machine) => {
    expect(preflight('start', args, machine)).toBeUndefined();
  });

  it('asks nothing of what opens no window, or brings its own display', () => {
    for (const purpose of ['test', 'check', 'build']) {
      expect(preflight(purpose, [], bare)).toBeUndefined();
    }
  });

  it('helps, and knows what it can do', () => {
    expect(preflight('start', ['--help'], bare)).toMatchObject({ status: 0 });
    expect(preflight('strat', [], bare)).toMatchObject({ status: 2 });
    expect(preflight('toString', [], bare)).toMatchObject({ status: 2 });
  });
});

describe('needsFor', () => {
  it.each([
    ['start', [], ['electron']],
    ['start', ['--xvfb'], ['electron', 'display']],
    ['start', ['--browser'], []],
    ['check', [], []],
    ['test', [], ['electron', 'display', 'tests']],
  ])('%s %j', (purpose, args, needs) => {
    expect(needsFor(purpose, args)).toEqual(needs);
  });
});
