import { describe, expect, it } from 'vitest';
import { fakeCore } from '../../testing/fake-core.ts';
import { setTargetMode } from '../targets/set-target-mode.ts';
import { setSampleTraffic } from './set-sample-traffic.ts';

const RATE = { requestsPerSecond: 5 };

describe('switching sample traffic off', () => {
  it('works although the settings cannot be written, and says so', async () => {
    const { core, settings } = fakeCore();
    await setSampleTraffic(core, { on: true, ...RATE });
    settings.becomeFull();
    const off = setSampleTraffic(core, { on: false, ...RATE });
    expect(core.memory.sampleTraffic.value.on).toBe(false);
    await expect(off).rejects.toMatchObject({ code: 'SETTINGS_UNWRITABLE' });
    expect(core.memory.sampleTraffic.value.on).toBe(false);
  });

  it('works on a read-only target, where it cannot be switched on', async () => {
    const { core } = fakeCore();
    await setSampleTraffic(core, { on: true, ...RATE });
    await setTargetMode(core, { id: 'local', mode: 'read-only' });
    expect((await setSampleTraffic(core, { on: false, ...RATE })).on).toBe(false);
    const on = setSampleTraffic(core, { on: true, ...RATE });
    await expect(on).rejects.toMatchObject({ code: 'TARGET_READ_ONLY' });
    expect(core.memory.sampleTraffic.value.on).toBe(false);
  });
});
