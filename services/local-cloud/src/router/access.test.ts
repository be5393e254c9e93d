import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, build, create, nameOf, tiny, update } from '../../test-kit/deploy.ts';
import { makeFolders, removeFolders, startHarness } from '../../test-kit/local-cloud-harness.ts';
import type { Harness } from '../../test-kit/local-cloud-harness.ts';

const folders = makeFolders();
let harness: Harness;
let uri = '';

beforeAll(async () => {
  harness = await startHarness(folders);
  await build(harness, 'tiny');
  const scaling = { minInstanceCount: 2, maxInstanceCount: 2 };
  const template = { containers: [tiny()], scaling, sessionAffinity: true };
  uri = (await create(harness, 'shop', template)).uri ?? '';
});

afterAll(async () => {
  await harness.stop();
  removeFolders(folders);
});

async function status(headers: Record<string, string> = {}): Promise<number> {
  return (await fetch(uri, { headers })).status;
}

async function set(fields: object, path: string): Promise<void> {
  await update(harness, { name: nameOf('shop'), ...fields }, [path]);
}

describe('a real service', { timeout: 60_000 }, () => {
  it('asks for an identity once it is closed, until its policy opens it', async () => {
    expect(await status()).toBe(200);
    await set({ invokerIamDisabled: false }, 'invoker_iam_disabled');
    expect(await status()).toBe(403);
    const authorization = `Bearer ${harness.connection.token}`;
    expect(await status({ authorization })).toBe(200);
    expect(await status({ authorization: 'Bearer wrong' })).toBe(401);
    const headers = await fetch(`${uri}/headers`, { headers: { authorization } });
    expect(await headers.text()).not.toContain(harness.connection.token);

    const bindings = [{ role: 'roles/run.invoker', members: ['allUsers'] }];
    const { services, options } = harness.clients;
    await services.setIamPolicy({ resource: nameOf('shop'), policy: { bindings } }, options);
    expect(await status()).toBe(200);
  });

  it('that was made closed is closed from the first request on', async () => {
    const { services, options } = harness.clients;
    const service = { template: { containers: [tiny()] } };
    const parent = nameOf('x').replace('/services/x', '');
    const request = { parent, serviceId: 'closed', service };
    const [operation] = await services.createService(request, options);
    await operation.promise();
    const [made] = await services.getService({ name: nameOf('closed') }, options);
    expect((await fetch(made.uri ?? '')).status).toBe(403);
  });

  it.runIf(process.platform === 'linux')(
    'with internal ingress answers instances only',
    async () => {
      await set({ ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY' }, 'ingress');
      expect(await status()).toBe(404);
      const caller = await create(harness, 'caller', { containers: [tiny()] });
      const called = await fetch(`${caller.uri ?? ''}/call?url=${encodeURIComponent(uri)}`);
      expect(await called.json()).toEqual({ status: 200 });

      await set({ ingress: 'INGRESS_TRAFFIC_NONE' }, 'ingress');
      const again = await fetch(`${caller.uri ?? ''}/call?url=${encodeURIComponent(uri)}`);
      expect(await again.json()).toEqual({ status: 404 });
      await set({ ingress: 'INGRESS_TRAFFIC_ALL' }, 'ingress');
      expect(await status()).toBe(200);
    },
  );

  it('with session affinity answers a client from the instance that it knows', async () => {
    const first = await fetch(uri);
    const cookie = (first.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const { instance } = (await first.json()) as { instance: string };
    expect(cookie).toBe(`GAESA=${instance}`);
    const asked = Array.from({ length: 20 }, () => fetch(uri, { headers: { cookie } }));
    for (const answer of await Promise.all(asked)) {
      expect(answer.headers.get('set-cookie')).toBeNull();
      expect(((await answer.json()) as { instance: string }).instance).toBe(instance);
    }
    const strangers = await Promise.all(Array.from({ length: 20 }, () => ask(uri)));
    expect(new Set(strangers.map((answer) => answer.instance)).size).toBe(2);
    const gone = await fetch(uri, { headers: { cookie: 'GAESA=000000000000' } });
    expect(gone.status).toBe(200);
    expect(gone.headers.get('set-cookie')).toContain('GAESA=');
  });
});
