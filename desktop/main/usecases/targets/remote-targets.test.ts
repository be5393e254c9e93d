import { describe, expect, it } from 'vitest';
import type { TargetDetails } from '../../../shared/contract/targets.ts';
import { targetDetails } from '../../../shared/contract/targets.ts';
import type { FakeCore } from '../../testing/fake-core.ts';
import { fakeCore } from '../../testing/fake-core.ts';
import { addTarget } from './add-target.ts';
import { checkAccess } from './check-access.ts';
import { editTarget } from './edit-target.ts';
import { listTargets } from './list-targets.ts';
import { removeTarget } from './remove-target.ts';
import { selectTarget } from './select-target.ts';
import { setTargetClass } from './set-target-class.ts';
import { setTargetMode } from './set-target-mode.ts';

const SHOP: TargetDetails = {
  name: 'shop',
  class: 'dev',
  project: 'shop-project',
  region: 'europe-west1',
  credentials: { kind: 'adc', impersonate: null, file: null },
};
const PROD: TargetDetails = { ...SHOP, class: 'prod' };

const refusing = (): FakeCore => {
  const fake = fakeCore();
  fake.consent.answer = false;
  return fake;
};

describe('what a target may be called and where it may be', () => {
  it.each<[string, Partial<TargetDetails>]>([
    ['a project id with capitals', { project: 'Shop-Project' }],
    ['a project id that is too short', { project: 'shop' }],
    ['a region that is none', { region: 'europe' }],
    ['a name that nobody can type', { name: 'shop prod' }],
    ['a person to act as', { credentials: { kind: 'adc', impersonate: 'a@b.com', file: null } }],
    ['a file without its folder', { credentials: { kind: 'adc', impersonate: null, file: 'a' } }],
  ])('refuses %s', (_, change) => {
    expect(targetDetails.safeParse({ ...SHOP, ...change }).success).toBe(false);
    expect(targetDetails.safeParse(SHOP).success).toBe(true);
  });

  it('is one target per name and per place: a second one would be a way around the first', async () => {
    const { core } = fakeCore();
    await addTarget(core, PROD);
    const sameName = addTarget(core, { ...SHOP, region: 'us-central1' });
    await expect(sameName).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const samePlace = addTarget(core, { ...SHOP, name: 'other' });
    await expect(samePlace).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'shop is shop-project in europe-west1 already.',
    });
    expect(listTargets(core).targets).toHaveLength(2);
  });
});

describe('there is no way around the human', () => {
  it('from protected through read-only to normal, also on a development target', async () => {
    const { core, consent } = refusing();
    const { id } = await addTarget(core, SHOP);
    await setTargetMode(core, { id, mode: 'protected' });
    await setTargetMode(core, { id, mode: 'read-only' });
    const free = setTargetMode(core, { id, mode: 'normal' });
    await expect(free).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(consent.asked).toHaveLength(1);
    consent.answer = true;
    await setTargetMode(core, { id, mode: 'normal' });
    // Set free by the human: from now on read-only is only read-only.
    await setTargetMode(core, { id, mode: 'read-only' });
    await setTargetMode(core, { id, mode: 'normal' });
    expect(consent.asked).toHaveLength(2);
  });

  it.each<[string, (fake: FakeCore, id: string) => Promise<unknown>]>([
    ['by a lower class', ({ core }, id) => setTargetClass(core, { id, class: 'dev' })],
    ['by an edit of the class', ({ core }, id) => editTarget(core, { ...SHOP, id })],
    [
      'by pointing it elsewhere',
      ({ core }, id) => editTarget(core, { ...PROD, id, project: 'another-project' }),
    ],
    ['by removing it and adding it again', ({ core }, id) => removeTarget(core, { id })],
    ['by its mode', ({ core }, id) => setTargetMode(core, { id, mode: 'normal' })],
  ])('out of production %s', async (_, loosen) => {
    const fake = refusing();
    const target = await addTarget(fake.core, PROD);
    expect(target).toMatchObject({ mode: 'protected', guarded: true });
    await expect(loosen(fake, target.id)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(fake.consent.asked).toHaveLength(1);
    expect(listTargets(fake.core).targets.at(-1)).toEqual(target);
  });

  it('asks nobody for what makes it stricter, or only renames it', async () => {
    const { core, consent } = refusing();
    const { id } = await addTarget(core, SHOP);
    await editTarget(core, { ...PROD, id, name: 'shop-prod' });
    await setTargetMode(core, { id, mode: 'protected' });
    await editTarget(core, { ...PROD, id, name: 'shop-live' });
    expect(consent.asked).toEqual([]);
  });
});

describe('removing a target', () => {
  it('goes back to the local one when it was chosen', async () => {
    const { core } = fakeCore();
    const { id } = await addTarget(core, SHOP);
    await selectTarget(core, { id });
    await removeTarget(core, { id });
    expect(listTargets(core)).toMatchObject({ selected: 'local', targets: [{ id: 'local' }] });
  });

  it('is refused for the local one', async () => {
    const { core } = fakeCore();
    const call = removeTarget(core, { id: 'local' });
    await expect(call).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

it('a check of the access is the platform’s preflight once somebody is signed in', async () => {
  const { core } = fakeCore();
  expect((await checkAccess(core, { id: 'local' })).findings).toEqual([]);
});
