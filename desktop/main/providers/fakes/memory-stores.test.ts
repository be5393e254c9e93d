import { describe, expect, it } from 'vitest';
import { ManualClock } from './manual-clock.ts';
import { MemoryImageBuilder } from './memory-image-builder.ts';
import { MemoryKeyStore } from './memory-key-store.ts';

describe('MemoryImageBuilder', () => {
  const quiet = { onLog: (): void => undefined, signal: AbortSignal.timeout(5_000) };

  it('gives the same image for the same source and another one for another', async () => {
    const builder = new MemoryImageBuilder({ sources: { gateway: 'one' } });
    const source = await builder.package('gateway');
    const first = await builder.build({ source, ...quiet });
    expect(first).toMatchObject({ reused: false });
    expect(await builder.build({ source, ...quiet })).toEqual({ ...first, reused: true });
    builder.edit('gateway', 'two');
    expect((await builder.build({ source, ...quiet })).image).not.toBe(first.image);
  });

  it('refuses what it has no source for, and fails with the compiler’s words', async () => {
    const builder = new MemoryImageBuilder({ sources: { gateway: 'one' } });
    await expect(builder.package('nobody')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    builder.failBuilds('missing semicolon');
    const source = await builder.package('gateway');
    await expect(builder.build({ source, ...quiet })).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: 'missing semicolon',
    });
  });

  it('can be cancelled while it works', async () => {
    const clock = new ManualClock();
    const work = (signal: AbortSignal): Promise<void> => clock.sleep(1_000, signal);
    const builder = new MemoryImageBuilder({ sources: { gateway: 'one' }, work });
    const abort = new AbortController();
    const source = await builder.package('gateway');
    const build = builder.build({ source, onLog: () => undefined, signal: abort.signal });
    abort.abort();
    await expect(build).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('MemoryKeyStore', () => {
  const wanted = { name: 'k', environment: 'live', expiresAt: null, rateLimitPerMinute: null };

  it('hands out a secret once and never lists it', async () => {
    const keys = new MemoryKeyStore(new ManualClock());
    const { key, secret } = await keys.create(wanted);
    expect(secret.endsWith(key.last4)).toBe(true);
    expect(JSON.stringify(await keys.list())).not.toContain(secret);
  });

  it('revokes once; a second time changes nothing', async () => {
    const clock = new ManualClock();
    const keys = new MemoryKeyStore(clock);
    const { key } = await keys.create(wanted);
    const revoked = await keys.revoke(key.id, 'leaked');
    await clock.advance(1_000);
    expect(await keys.revoke(key.id, 'again')).toEqual(revoked);
    expect(await keys.list()).toEqual([revoked]);
  });

  it('refuses unknown and static keys, and everything while it is away', async () => {
    const clock = new ManualClock();
    const { key } = await new MemoryKeyStore(clock).create(wanted);
    const keys = new MemoryKeyStore(clock, [{ ...key, source: 'static' }]);
    await expect(keys.revoke('none', '')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await expect(keys.revoke(key.id, '')).rejects.toMatchObject({ code: 'KEY_READ_ONLY' });
    keys.becomeUnavailable('no database');
    await expect(keys.list()).rejects.toMatchObject({ code: 'KEY_STORE_UNAVAILABLE' });
  });
});
