import { describe, expect, it } from 'vitest';
import { endOf, fakeCore } from '../../testing/fake-core.ts';
import { ensureStack } from '../stack/ensure-stack.ts';
import { deploy } from './deploy.ts';

const KEYS = { secret: 'gateway-keys', version: '4' };

describe('a deploy with references to secrets and the scaling of the service', () => {
  it('sets them with the revision and writes the order down, to be resumed', async () => {
    const { core, provider, journal } = fakeCore();
    for (const id of (await ensureStack(core)).operationIds) await endOf(core, id);
    const settings = { scaling: { manual: 2 } };
    const { operationId } = await deploy(core, {
      service: 'gateway',
      build: false,
      env: {},
      secrets: { API_KEYS: KEYS, KEY_PEPPERS: null },
      settings,
    });
    const { state } = await endOf(core, operationId);
    expect(state).toBe('succeeded');
    const [newest] = await provider.listRevisions('gateway');
    expect(newest?.template.env).toContainEqual({ name: 'API_KEYS', ...KEYS });
    expect(newest?.template.env.map(({ name }) => name)).not.toContain('KEY_PEPPERS');
    const { scaling } = await provider.getService('gateway');
    expect(scaling).toEqual({ min: 0, max: null, manual: 2 });
    const { entries } = await journal.readAll();
    const written = entries.find(({ operation }) => operation.id === operationId);
    expect(written?.order).toMatchObject({ secrets: { API_KEYS: KEYS, KEY_PEPPERS: null } });
  });
});
