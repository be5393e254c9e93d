import { expect } from 'vitest';
import type { Case, ConsoleClient } from './contract.conformance.ts';
import { firstOf } from './first-of.conformance.ts';

const DETAILS = {
  name: 'shop',
  class: 'dev',
  project: 'shop-project',
  region: 'europe-west1',
  credentials: { kind: 'adc', impersonate: null, file: null },
} as const;

/** The question that main asks before it lets a call pass. */
async function challengeOf(
  call: Promise<unknown>,
): Promise<{ readonly challenge: string; readonly word: string }> {
  const error: unknown = await call.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'CONFIRMATION_REQUIRED', defined: true });
  const { confirm } = (error as { data: { confirm: { challenge: string; word: string } } }).data;
  return confirm;
}

/** Types the name that is asked for. */
async function confirm(client: ConsoleClient, call: () => Promise<unknown>): Promise<void> {
  const { challenge, word } = await challengeOf(call());
  await client.safety.confirm({ challenge, typed: word });
}

/** The cases of targets, of signing in, and of what stands between a click and its effect. */
export const TARGET_CASES: Readonly<Record<string, Case>> = {
  'deployments.undoRollBack': async (client) => {
    const call = client.deployments.undoRollBack({ operationId: 'none' });
    await expect(call).rejects.toMatchObject({ code: 'OPERATION_NOT_FOUND' });
  },
  'keys.revoke': async (client) => {
    const revoke = (): Promise<unknown> => client.keys.revoke({ id: 'none', reason: '' });
    await confirm(client, revoke);
    await expect(revoke()).rejects.toMatchObject({
      code: 'KEY_NOT_FOUND',
      data: { retryable: false },
    });
  },
  'safety.confirm': async (client) => {
    const { challenge } = await challengeOf(client.keys.revoke({ id: 'none', reason: '' }));
    const wrong = client.safety.confirm({ challenge, typed: 'another' });
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  },
  'safety.watchPending': async (client) => {
    expect(await firstOf(await client.safety.watchPending())).toEqual([]);
  },
  'safety.cancelPending': async (client) => {
    await client.safety.cancelPending({ id: 'none' });
  },
  'targets.differences': async (client) => {
    const [first] = await client.targets.differences({ id: 'local' });
    expect(first).toMatchObject({ topic: 'images', there: 'any OCI image' });
    const call = client.targets.differences({ id: 'none' });
    await expect(call).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  },
  'targets.list': async (client) => {
    expect(await client.targets.list()).toMatchObject({ selected: 'local' });
  },
  'targets.select': async (client) => {
    const call = client.targets.select({ id: 'none' });
    await expect(call).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect((await client.targets.select({ id: 'local' })).id).toBe('local');
  },
  'targets.setMode': async (client) => {
    const target = await client.targets.setMode({ id: 'local', mode: 'read-only' });
    expect(target.mode).toBe('read-only');
    await expect(client.stack.ensure()).rejects.toMatchObject({ code: 'TARGET_READ_ONLY' });
  },
  'targets.setClass': async (client) => {
    expect((await client.targets.setClass({ id: 'local', class: 'prod' })).class).toBe('prod');
    await challengeOf(client.stack.ensure());
  },
  'targets.add': async (client) => {
    const { id } = await client.targets.add(DETAILS);
    expect((await client.targets.list()).targets.map((target) => target.id)).toEqual(['local', id]);
    const wrong = client.targets.add({ ...DETAILS, name: 'other', project: 'Not A Project' });
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  },
  'targets.edit': async (client) => {
    const { id } = await client.targets.add(DETAILS);
    const edited = await client.targets.edit({ ...DETAILS, id, name: 'shop-two' });
    expect(edited).toMatchObject({ id, name: 'shop-two', mode: 'normal' });
  },
  'targets.remove': async (client) => {
    const { id } = await client.targets.add(DETAILS);
    await confirm(client, () => client.targets.remove({ id }));
    await client.targets.remove({ id });
    expect((await client.targets.list()).targets).toHaveLength(1);
    const local = (): Promise<unknown> => client.targets.remove({ id: 'local' });
    await confirm(client, local);
    await expect(local()).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  },
  'targets.watchSignIn': async (client) => {
    const status = await firstOf(await client.targets.watchSignIn({ id: 'local' }));
    expect(status).toMatchObject({ state: 'not-needed', email: null });
  },
  'targets.signIn': async (client) => {
    const call = client.targets.signIn({ id: 'local' });
    await expect(call).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  },
  'targets.cancelSignIn': async (client) => {
    await client.targets.cancelSignIn({ id: 'local' });
  },
  'targets.signOut': async (client) => {
    const call = client.targets.signOut({ id: 'local' });
    await expect(call).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  },
  'targets.checkAccess': async (client) => {
    expect((await client.targets.checkAccess({ id: 'local' })).findings).toEqual([]);
  },
};
