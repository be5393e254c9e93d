import { describe, expect, it } from 'vitest';
import { isTrustedFrame } from './trusted-frame.ts';

const ours = { url: 'app://console/keys?tab=1#x', isTop: true, isOurWindow: true };

describe('whose port is taken', () => {
  it.each([
    ['our page', ours, true],
    ['our page at its root', { ...ours, url: 'app://console/' }, true],
    ['a frame inside our page', { ...ours, isTop: false }, false],
    ['a window that is not ours', { ...ours, isOurWindow: false }, false],
    ['no address', { ...ours, url: '' }, false],
    ['a blank page', { ...ours, url: 'about:blank' }, false],
    ['a data: page', { ...ours, url: 'data:text/html,<p>' }, false],
    ['a file', { ...ours, url: 'file:///app/index.html' }, false],
    ['another host of the scheme', { ...ours, url: 'app://evil/' }, false],
    ['our host as a user name', { ...ours, url: 'app://console@evil/' }, false],
    ['a user name on our host', { ...ours, url: 'app://x@console/' }, false],
    ['our host with a port', { ...ours, url: 'app://console:1/' }, false],
    ['another scheme', { ...ours, url: 'https://console/' }, false],
    ['a longer host', { ...ours, url: 'app://console.evil/' }, false],
  ])('%s', (_what, frame, trusted) => {
    expect(isTrustedFrame(frame)).toBe(trusted);
  });
});
