import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reloadAfter } from './crash-reload.ts';
import { externalAddress } from './external-link.ts';
import { mayUse } from './permission-policy.ts';
import { boundsOnDisplays } from './window-state.ts';

describe('a link to the outside', () => {
  it.each([
    ['https://console.cloud.google.com/run?project=p', true],
    ['https://cloud.google.com/run/docs', true],
    ['https://github.com/', true],
    ['http://cloud.google.com/', false],
    ['https://evil.test/', false],
    ['https://cloud.google.com.evil.test/', false],
    ['https://cloud.google.com@evil.test/', false],
    ['https://user@cloud.google.com/', false],
    ['https://cloud.google.com:8443/', false],
    ['file:///etc/passwd', false],
    ['smb://cloud.google.com/share', false],
    ['javascript:alert(1)', false],
    ['not an address', false],
  ])('%s: %s', (address, opened) => {
    expect(externalAddress(address) !== null).toBe(opened);
  });

  it('is opened by https only, whatever the address looks like', () => {
    fc.assert(
      fc.property(
        fc.webUrl({ validSchemes: ['http', 'ftp', 'file', 'smb', 'data'] }),
        (address) => {
          expect(externalAddress(address)).toBeNull();
        },
      ),
    );
  });
});

describe('permissions of the page', () => {
  it.each([
    ['clipboard-sanitized-write', true],
    ['clipboard-read', false],
    ['notifications', false],
    ['geolocation', false],
    ['media', false],
    ['toString', false],
  ])('%s: %s', (permission, allowed) => {
    expect(mayUse(permission)).toBe(allowed);
  });
});

describe('where the window was', () => {
  const display = { x: 0, y: 0, width: 1920, height: 1080 };
  const second = { x: 1920, y: 0, width: 1280, height: 1024 };
  const at = (x: number, y: number): { x: number; y: number; width: number; height: number } => ({
    x,
    y,
    width: 1280,
    height: 800,
  });
  it.each([
    ['on the display', at(100, 100), [display], true],
    ['on the second display', at(2000, 100), [display, second], true],
    ['on a display that is gone', at(2000, 100), [display], false],
    ['above every display', at(100, -900), [display], false],
    ['below every display', at(100, 1075), [display], false],
    ['almost out of the side', at(1900, 100), [display], false],
    ['nowhere', null, [display], false],
  ])('%s', (_what, bounds, displays, kept) => {
    expect(boundsOnDisplays(bounds, displays)).toEqual(kept ? bounds : null);
  });
});

describe('a page that dies', () => {
  it.each([
    ['once', [1000], 100],
    ['twice', [500, 1000], 200],
    ['three times', [100, 500, 1000], 300],
    ['a fourth time within a minute', [1, 100, 500, 1000], null],
    ['again after an hour', [1, 2, 3, 3_600_000], 100],
  ])('%s', (_what, crashes, wait) => {
    expect(reloadAfter(crashes, crashes.at(-1) ?? 0)).toBe(wait);
  });
});
