import assert from 'node:assert/strict';
import type { RevisionTemplate } from '../../../shared/domain/revision.ts';
import { splitProblem } from '../../../shared/domain/traffic.ts';
import type { CaseGroup } from './case.ts';
import { assertHas, promise } from './case.ts';

/** What a reader is told. */
export const reading: CaseGroup = {
  name: 'reading',
  services: 'shared',
  cases: [
    promise('says what the platform can do', (rig) => {
      const said = rig.provider.capabilities();
      assertHas(said, { trafficSplit: true, tags: true });
      for (const [name, value] of Object.entries(said)) {
        assert.equal(typeof value, 'boolean', name);
      }
      return Promise.resolve();
    }),
    promise('refuses a service that does not exist', (rig) =>
      assert.rejects(rig.get(rig.nobody), { code: 'SERVICE_NOT_FOUND' }),
    ),
    promise('lists no revision of a service that does not exist', async (rig) =>
      assert.deepEqual(await rig.list(rig.nobody), []),
    ),
    promise('lists the services it has', async (rig) => {
      const { service } = await rig.shared();
      const ids = (await rig.provider.listServices()).map(({ id }) => id);
      assert.ok(ids.includes(service), ids.join());
    }),
    promise('gives the same service by name and in the list', async (rig) => {
      const { service } = await rig.shared();
      const listed = (await rig.provider.listServices()).find(({ id }) => id === service);
      assert.deepEqual(listed, await rig.get(service));
    }),
    promise('gives the same service twice when nothing happened', async (rig) => {
      const { service } = await rig.shared();
      const before = await rig.get(service);
      assert.notEqual(before.etag, '');
      assert.deepEqual(await rig.get(service), before);
    }),
    promise('gives the same to another console', async (rig) => {
      const { service } = await rig.shared();
      assert.deepEqual(await rig.another.getService(service), await rig.get(service));
      assert.deepEqual(await rig.another.listRevisions(service), await rig.list(service));
    }),
    promise(
      'says who serves in shares that make sense, of revisions that it lists',
      async (rig) => {
        const { service } = await rig.shared();
        const { serving } = await rig.get(service);
        assert.equal(splitProblem(serving.shares), null);
        const names = (await rig.list(service)).map(({ name }) => name);
        for (const { revision } of serving.shares) assert.ok(names.includes(revision), revision);
      },
    ),
    promise('gives every revision a name, its service and the time it was made', async (rig) => {
      const { service } = await rig.shared();
      const revisions = await rig.list(service);
      assert.equal(new Set(revisions.map(({ name }) => name)).size, revisions.length);
      for (const { service: owner, createdAt } of revisions) {
        assert.equal(owner, service);
        assert.equal(new Date(createdAt).toISOString(), createdAt);
      }
    }),
    promise('reads a revision’s lines, or says that it can’t', async (rig) => {
      const { service, first } = await rig.shared();
      const reading = rig.provider.readLogs(service, first, 3);
      if (!rig.provider.capabilities().logs) {
        await assert.rejects(reading, { code: 'UNSUPPORTED' });
        return;
      }
      const lines = await reading;
      assert.ok(lines.length <= 3);
      for (const { revision } of lines) assert.equal(revision, first);
    }),
    promise('reads a service’s domains, or says that it can’t', async (rig) => {
      const { service } = await rig.shared();
      const reading = rig.provider.domainMappings(service);
      if (rig.provider.capabilities().domainMappings) assert.deepEqual(await reading, []);
      else await assert.rejects(reading, { code: 'UNSUPPORTED' });
    }),
  ],
};

/** Templates come back as they went in. */
export const templates: CaseGroup = {
  name: 'a template',
  services: 'own',
  cases: [
    promise('comes back as it was deployed', async (rig) => {
      const service = rig.newService();
      const template: RevisionTemplate = {
        ...rig.withEnv('kept'),
        cpu: 2,
        memoryMib: 1024,
        minInstances: 1,
        maxInstances: 3,
        concurrency: 17,
        timeoutSeconds: 42,
      };
      await rig.createReady(service, template);
      assert.deepEqual((await rig.list(service))[0]?.template, template);
    }),
    promise('keeps an image when only its environment changes', async (rig) => {
      const service = rig.newService();
      const first = await rig.createReady(service);
      const bad = await rig.createReady(service, rig.withEnv('bad'));
      await rig.shift(service, { kind: 'split', shares: [{ ...share(bad) }] });
      await rig.shift(service, { kind: 'split', shares: [{ ...share(first) }] });
      const serving = (await rig.list(service)).find(({ name }) => name === first);
      assert.ok(serving);
      const edited = { ...serving.template, concurrency: 11 };
      await rig.createReady(service, edited);
      assert.deepEqual((await rig.list(service))[0]?.template, edited);
    }),
    promise('loses a variable that is left out', async (rig) => {
      const service = rig.newService();
      await rig.createReady(service, rig.withEnv('gone soon'));
      await rig.createReady(service);
      assert.deepEqual((await rig.list(service))[0]?.template, rig.platform.working);
    }),
    promise('is refused without an image’s digest, and nothing is made', async (rig) => {
      const service = rig.newService();
      const image = rig.platform.working.image.replace(/@.*$/, ':latest');
      const request = rig.request(service, { ...rig.platform.working, image });
      await assert.rejects(rig.provider.createRevision(request), { code: 'INVALID_INPUT' });
      assert.deepEqual(await rig.list(service), []);
    }),
  ],
};

function share(revision: string): { revision: string; percent: number; tag: null } {
  return { revision, percent: 100, tag: null };
}
