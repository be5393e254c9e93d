import { describe, expect, it } from 'vitest';
import { fakeCore } from '../../testing/fake-core.ts';
import { setSampleTraffic } from '../stack/set-sample-traffic.ts';
import { setTargetMode } from '../targets/set-target-mode.ts';
import { setTheme } from './set-theme.ts';

describe('settings that are saved at once', () => {
  it('keep every change, in memory and in the file', async () => {
    const { core, settings } = fakeCore();
    await Promise.all([
      setTheme(core, { theme: 'dark' }),
      setSampleTraffic(core, { on: false, requestsPerSecond: 7 }),
      setTargetMode(core, { id: 'local', mode: 'protected' }),
    ]);
    const expected = {
      theme: 'dark',
      sampleTraffic: { requestsPerSecond: 7 },
      targets: [{ mode: 'protected' }],
    };
    expect(core.memory.settings.value).toMatchObject(expected);
    expect((await settings.read()).settings).toMatchObject(expected);
  });

  it('go on after one that could not be written', async () => {
    const { core, settings } = fakeCore();
    const write = settings.write.bind(settings);
    settings.write = () => Promise.reject(new Error('no room'));
    const failed = setTheme(core, { theme: 'dark' });
    await expect(failed).rejects.toThrow('no room');
    settings.write = write;
    expect(await setTheme(core, { theme: 'light' })).toMatchObject({ theme: 'light' });
  });
});
