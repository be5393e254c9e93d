import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReadPermission, SecretClipboard } from './secret-clipboard.ts';
import { CLEAR_AFTER_MS, clearIfItHolds, copySecret, digestOf } from './secret-clipboard.ts';

/** A clipboard as the page sees it; `readable: false` is the sandboxed page of Electron. */
function clipboardOf(readable: boolean): SecretClipboard & { held: string; reads: number } {
  return {
    held: '',
    reads: 0,
    async writeText(text) {
      this.held = text;
      await Promise.resolve();
    },
    async readText() {
      this.reads += 1;
      await Promise.resolve();
      if (!readable) throw new DOMException('denied', 'NotAllowedError');
      return this.held;
    },
  };
}

/** Permissions that answer the question for `clipboard-read`; null knows no such permission. */
function permissionOf(state: PermissionState | null): ReadPermission {
  const query = (): Promise<PermissionStatus> =>
    state === null
      ? Promise.reject(new TypeError('clipboard-read is not a permission'))
      : Promise.resolve({ state } as PermissionStatus);
  return { query };
}

const SECRET = 'omni_live_abc';

describe('a copied secret', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is taken out of the clipboard after a minute', async () => {
    const clipboard = clipboardOf(true);
    const copy = await copySecret(clipboard, permissionOf('granted'), SECRET);
    expect(copy).toEqual({ isCleared: true });
    await vi.advanceTimersByTimeAsync(CLEAR_AFTER_MS - 1);
    expect(clipboard.reads).toBe(0);
    expect(clipboard.held).toBe(SECRET);
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    await vi.waitFor(() => expect(clipboard.held).toBe(''));
  });

  it.each(['denied', 'prompt', null] as const)(
    'is not promised to be taken out, nor is it tried, where reading is %s',
    async (state) => {
      const clipboard = clipboardOf(false);
      const copy = await copySecret(clipboard, permissionOf(state), SECRET);
      await vi.advanceTimersByTimeAsync(CLEAR_AFTER_MS);
      expect(copy).toEqual({ isCleared: false });
      expect(clipboard).toMatchObject({ held: SECRET, reads: 0 });
    },
  );

  it.each([
    ['what was copied since', true, 'something else'],
    ['a clipboard that may not be read', false, SECRET],
  ])('leaves %s alone', async (_what, readable, held) => {
    const clipboard = clipboardOf(readable);
    clipboard.held = held;
    await clearIfItHolds(clipboard, await digestOf(SECRET));
    expect(clipboard.reads).toBe(1);
    expect(clipboard.held).toBe(held);
  });

  it('is not claimed to be copied when the clipboard refuses', async () => {
    const refusing: SecretClipboard = {
      writeText: () => Promise.reject(new DOMException('denied', 'NotAllowedError')),
      readText: () => Promise.resolve(''),
    };
    await expect(copySecret(refusing, permissionOf('granted'), SECRET)).rejects.toThrow('denied');
  });
});
