import { describe, expect, it } from 'vitest';
import type { FakeCore } from '../../testing/fake-core.ts';
import { endOf, fakeCore } from '../../testing/fake-core.ts';
import { ensureStack } from '../stack/ensure-stack.ts';
import { deploy } from './deploy.ts';
import { planRollBack } from './plan-roll-back.ts';
import { rollBack } from './roll-back.ts';

const back = { service: 'gateway', revision: 'gateway-00001-mem', reason: '' };

/** The stack, with a second revision of the gateway serving. */
async function twoRevisions(): Promise<FakeCore & { readonly writes: string[] }> {
  const writes: string[] = [];
  const fake = fakeCore({ onWrite: (call) => writes.push(call) });
  for (const id of (await ensureStack(fake.core)).operationIds) await endOf(fake.core, id);
  const input = { service: 'gateway', build: false, env: { MODE: 'x' } };
  await endOf(fake.core, (await deploy(fake.core, input)).operationId);
  writes.length = 0;
  return { ...fake, writes };
}

const failed = async ({ core }: FakeCore): Promise<string[]> => {
  const { checks } = await planRollBack(core, back);
  return checks.filter(({ ok }) => !ok).map(({ title, detail }) => `${title}: ${detail ?? ''}`);
};

describe('the pre-flight of a rollback', () => {
  it('passes when everything is still there', async () => {
    const { checks } = await planRollBack((await twoRevisions()).core, back);
    expect(checks.map(({ title, ok }) => [title, ok])).toEqual([
      ['Allowed now', true],
      ['gateway-00001-mem is ready', true],
      ['Its image is still there', true],
      ['Its secrets resolve', true],
      ['Instances are ready for it', true],
    ]);
    expect(checks.find(({ title }) => title === 'Its secrets resolve')?.detail).toBe('4 of 4');
  });

  it('finds a missing image and refuses, with no traffic moved', async () => {
    const fake = await twoRevisions();
    const [, old] = await fake.provider.listRevisions('gateway');
    fake.references.remove(old?.template.image ?? '');
    expect(await failed(fake)).toEqual([
      expect.stringContaining('Its image is still there: ') as string,
    ]);
    await expect(rollBack(fake.core, back)).rejects.toMatchObject({ code: 'PREFLIGHT_FAILED' });
    expect(fake.writes).toEqual([]);
  });

  it('finds a missing secret by its reference, and refuses', async () => {
    const fake = await twoRevisions();
    fake.references.remove('key-peppers');
    expect(await failed(fake)).toEqual([
      'Its secrets resolve: missing: KEY_PEPPERS → key-peppers:latest',
    ]);
    await expect(rollBack(fake.core, back)).rejects.toThrow('No traffic was moved');
    expect(fake.writes).toEqual([]);
  });

  it('says what this target can not look up, and lets the operator decide', async () => {
    const fake = await twoRevisions();
    fake.references.goBlind('the registry does not answer');
    const { checks } = await planRollBack(fake.core, back);
    expect(checks.filter(({ unknown }) => unknown === true)).toHaveLength(2);
    expect(await failed(fake)).toEqual([]);
    const operation = await endOf(fake.core, (await rollBack(fake.core, back)).operationId);
    expect(operation.state).toBe('succeeded');
  });
});
