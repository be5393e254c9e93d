import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../shared/domain/operation.ts';
import type { FakeCore, FakeCoreOptions } from '../../testing/fake-core.ts';
import { endOf, fakeCore } from '../../testing/fake-core.ts';
import { deploy } from '../deployments/deploy.ts';
import { listReleases } from './list-releases.ts';
import { rollBackRelease } from './roll-back-release.ts';
import { servingPair } from './serving-pair.ts';
import { startRelease } from './start-release.ts';

/** Backend and gateway serve their first revisions. */
async function stack(options: FakeCoreOptions = {}): Promise<FakeCore> {
  const fake = fakeCore(options);
  for (const service of ['backend', 'gateway']) {
    const { operationId } = await deploy(fake.core, { service, build: true, env: {} });
    await endOf(fake.core, operationId);
  }
  return fake;
}

async function released(fake: FakeCore): Promise<Operation> {
  const { operationId } = await startRelease(fake.core, { build: true });
  return endOf(fake.core, operationId);
}

const pairOf = async (fake: FakeCore): Promise<(string | null)[]> =>
  (await servingPair(fake.provider)).map(({ revision }) => revision);
const FIRST = ['backend-00001-mem', 'gateway-00001-mem'];
const SECOND = ['backend-00002-mem', 'gateway-00002-mem'];

describe('a release', () => {
  it('moves the backend first, then the gateway, and only when both are ready', async () => {
    const writes: string[] = [];
    const fake = await stack({ onWrite: (call, service) => writes.push(`${call} ${service}`) });
    writes.length = 0;
    const operation = await released(fake);
    expect(operation).toMatchObject({ state: 'succeeded', release: { state: 'known-good' } });
    expect(writes).toEqual([
      'createRevision backend',
      'createRevision gateway',
      'setTraffic backend',
      'setTraffic gateway',
    ]);
    expect(await pairOf(fake)).toEqual(SECOND);
    const { releases, lastGood } = await listReleases(fake.core);
    expect(releases[0]?.parts.map(({ digest }) => digest?.startsWith('sha256:'))).toEqual([
      true,
      true,
    ]);
    expect(lastGood).toBeNull();
  });

  it.each(['backend', 'gateway'])(
    'leaves both on the pair before when the %s never becomes ready, with no traffic moved',
    async (broken) => {
      let isBroken = false;
      const writes: string[] = [];
      const fake = await stack({
        failure: ({ service }) => (isBroken && service === broken ? 'port not opened' : null),
        onWrite: (call, service) => writes.push(`${call} ${service}`),
      });
      isBroken = true;
      writes.length = 0;
      const operation = await released(fake);
      expect(operation).toMatchObject({ state: 'failed', release: { state: 'failed' } });
      expect(operation.release?.reason).toContain('port not opened');
      const names = operation.release?.parts.map(({ revision }) => revision);
      expect(names).toEqual([broken === 'backend' ? null : 'backend-00002-mem', null]);
      expect(await pairOf(fake)).toEqual(FIRST);
      const [other] = ['backend', 'gateway'].filter((service) => service !== broken);
      expect(writes).not.toContain(`setTraffic ${String(other)}`);
    },
  );

  it('takes the backend back too when the gateway does not answer after its move', async () => {
    const fake = await stack({
      answers: ({ url }) =>
        url.startsWith('http://gateway') && servesSecond()
          ? { status: 500, elapsedMs: 1, revision: 'gateway-00002-mem', body: '', error: null }
          : null,
    });
    let moved = false;
    const servesSecond = (): boolean => moved;
    const { setTraffic } = fake.provider;
    fake.provider.setTraffic = async (service, wanted) => {
      const remote = await setTraffic.call(fake.provider, service, wanted);
      if (service === 'gateway') moved = wanted.kind === 'latest';
      return remote;
    };
    const operation = await released(fake);
    expect(operation).toMatchObject({ state: 'failed', error: { code: 'VERIFICATION_FAILED' } });
    expect(await pairOf(fake)).toEqual(FIRST);
    expect(operation.log.at(-1)?.line).toContain('pair that served before');
  });

  it('of services that are closed to the console claims no answer of either', async () => {
    const refuses = { status: 403, elapsedMs: 1, revision: null, body: '', error: null };
    let closed = false;
    const fake = await stack({ answers: () => (closed ? refuses : null) });
    for (const service of ['backend', 'gateway'])
      await fake.provider.setAccess(service, { public: false });
    closed = true;
    const operation = await released(fake);
    expect(operation).toMatchObject({ state: 'succeeded', result: { closed: true } });
    const lines = operation.log.map(({ line }) => line);
    expect(lines.filter((line) => line.endsWith(' answers'))).toEqual([]);
    expect(lines.filter((line) => line.includes('platform’s word'))).not.toEqual([]);
  });

  it('is a failed one also when the way back fails: both problems are told', async () => {
    const fake = await stack({
      answers: ({ url }) =>
        url.startsWith('http://gateway')
          ? { status: 500, elapsedMs: 1, revision: 'gateway', body: '', error: null }
          : null,
    });
    const operation = await released(fake);
    expect(operation).toMatchObject({ state: 'failed', release: { state: 'failed' } });
    expect(operation.error?.message).toContain('could not be restored');
    expect(operation.release?.reason).toContain('500');
  });

  it('refuses when there is no pair to go back to', async () => {
    const operation = await released(fakeCore());
    expect(operation).toMatchObject({ state: 'failed', error: { code: 'SERVICE_NOT_FOUND' } });
  });
});

describe('a rollback of the stack', () => {
  it('goes back to the last good pair, the gateway first, without a rebuild', async () => {
    const writes: string[] = [];
    const fake = await stack({ onWrite: (call, service) => writes.push(`${call} ${service}`) });
    const first = await released(fake);
    await released(fake);
    const { lastGood } = await listReleases(fake.core);
    expect(lastGood?.id).toBe(first.id);
    writes.length = 0;
    const order = { id: first.id, to: 'itself', reason: 'slow' } as const;
    const { operationId } = await rollBackRelease(fake.core, order);
    expect(await endOf(fake.core, operationId)).toMatchObject({ state: 'succeeded' });
    expect(await pairOf(fake)).toEqual(SECOND);
    expect(writes).toEqual(['setTraffic gateway', 'setTraffic backend']);
  });

  it('goes to the pair before a release when it is asked to', async () => {
    const fake = await stack();
    const { id } = await released(fake);
    const { operationId } = await rollBackRelease(fake.core, { id, to: 'before', reason: '' });
    await endOf(fake.core, operationId);
    expect(await pairOf(fake)).toEqual(FIRST);
  });

  it('refuses a pair that serves, one that is unknown and one that was never good', async () => {
    let isBroken = false;
    const fake = await stack({ failure: () => (isBroken ? 'no' : null) });
    const good = await released(fake);
    isBroken = true;
    const bad = await released(fake);
    const to = 'itself';
    const back = (id: string): Promise<unknown> =>
      rollBackRelease(fake.core, { id, to, reason: '' });
    await expect(back(good.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(back('nobody')).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
    await expect(back(bad.id)).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
  });
});
