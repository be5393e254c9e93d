import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Revision, RevisionTemplate, Service } from '../../shared/domain/revision.ts';
import { allTrafficTo } from '../../shared/domain/traffic.ts';
import type {
  DeploymentProvider,
  RemoteOutcome,
  RevisionRequest,
  WantedTraffic,
} from '../ports/deployment-provider.ts';

/** A platform that the suite may deploy to. Every case uses services of its own. */
export interface PlatformUnderTest {
  readonly provider: DeploymentProvider;
  /** The same platform through a second console, as after a restart. */
  readonly another: DeploymentProvider;
  /** A template that becomes ready. */
  readonly working: RevisionTemplate;
  /** One that never does; its reason contains `failingReason`. */
  readonly failing: RevisionTemplate;
  readonly failingReason: string;
  /** One that becomes ready after at least 300 ms. */
  readonly slow: RevisionTemplate;
  /** Makes the platform unreachable; nothing is asked of it afterwards. */
  readonly cut: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const WAIT = (): AbortSignal => AbortSignal.timeout(12_000);

/** What every adapter of DeploymentProvider has to keep. */
export function describeDeploymentProvider(
  name: string,
  open: () => Promise<PlatformUnderTest>,
): void {
  describe(`DeploymentProvider: ${name}`, () => {
    let platform: PlatformUnderTest;
    let count = 0;

    beforeAll(async () => {
      platform = await open();
    });
    afterAll(async () => {
      await platform.close();
    });

    const newService = (): string => `case-${String((count += 1))}`;
    const withEnv = (value: string): RevisionTemplate => ({
      ...platform.working,
      env: [...platform.working.env, { name: 'VARIANT', value }],
    });

    const request = (service: string, template = platform.working): RevisionRequest => ({
      service,
      template,
      deployId: `deploy-${String((count += 1))}`,
    });

    async function create(wanted: RevisionRequest): Promise<RemoteOutcome> {
      const operation = await platform.provider.createRevision(wanted);
      return platform.provider.waitFor(operation, WAIT());
    }

    async function createReady(service: string, template?: RevisionTemplate): Promise<string> {
      const outcome = await create(request(service, template));
      if (outcome.state === 'failed') throw new Error(outcome.reason);
      return outcome.revision ?? '';
    }

    async function shift(service: string, wanted: WantedTraffic): Promise<RemoteOutcome> {
      return platform.provider.waitFor(await platform.provider.setTraffic(service, wanted), WAIT());
    }

    /** A service with two ready revisions, all traffic on the first. */
    async function twoRevisions(): Promise<{ service: string; first: string; second: string }> {
      const service = newService();
      const first = await createReady(service);
      const second = await createReady(service, withEnv('two'));
      return { service, first, second };
    }

    const get = (service: string): Promise<Service> => platform.provider.getService(service);
    const list = (service: string): Promise<readonly Revision[]> =>
      platform.provider.listRevisions(service);
    const served = (service: Service): readonly (readonly [string, number])[] =>
      service.serving.shares.map(({ revision, percent }) => [revision, percent]);
    const only = (revision: string): WantedTraffic => ({
      kind: 'split',
      shares: [{ revision, percent: 100, tag: null }],
    });

    it('says what it can do', () => {
      expect(platform.provider.capabilities()).toMatchObject({ trafficSplit: true, tags: true });
    });

    describe('reading', () => {
      it('refuses a service that does not exist', async () => {
        await expect(get('nobody')).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND' });
      });

      it('lists no revision of a service that does not exist', async () => {
        expect(await list('nobody')).toEqual([]);
      });

      it('lists the services it has', async () => {
        const service = newService();
        await createReady(service);
        const ids = (await platform.provider.listServices()).map(({ id }) => id);
        expect(ids).toContain(service);
      });

      it('gives a template back as it was deployed', async () => {
        const service = newService();
        const template: RevisionTemplate = {
          ...withEnv('kept'),
          cpu: 2,
          memoryMib: 1024,
          minInstances: 1,
          maxInstances: 3,
          concurrency: 17,
          timeoutSeconds: 42,
        };
        await createReady(service, template);
        expect((await list(service))[0]?.template).toEqual(template);
      });
    });

    describe('the first revision', () => {
      it('gets all traffic and an address once it is ready', async () => {
        const service = newService();
        const revision = await createReady(service);
        const read = await get(service);
        expect(served(read)).toEqual([[revision, 100]]);
        expect(read.serving.followsLatest).toBe(true);
        expect(read.uri).toMatch(/^https?:\/\//);
        expect(read).toMatchObject({
          latestCreatedRevision: revision,
          latestReadyRevision: revision,
          reconciling: false,
          failure: null,
        });
      });

      it('leaves a service without traffic when it fails, and the next one repairs it', async () => {
        const service = newService();
        const failed = await create(request(service, platform.failing));
        expect(failed).toMatchObject({ state: 'failed' });
        expect(served(await get(service))).toEqual([]);
        const good = await createReady(service);
        expect(served(await get(service))).toEqual([[good, 100]]);
      });
    });

    describe('a further revision', () => {
      it('moves no traffic', async () => {
        const { service, first, second } = await twoRevisions();
        expect(second).not.toBe(first);
        const read = await get(service);
        expect(served(read)).toEqual([[first, 100]]);
        expect(read.serving.followsLatest).toBe(false);
        expect(read.latestReadyRevision).toBe(second);
      });

      it('is listed before the older ones', async () => {
        const { service, first, second } = await twoRevisions();
        expect((await list(service)).map((revision) => revision.name)).toEqual([second, first]);
      });

      it('keeps a split as it is', async () => {
        const { service, first, second } = await twoRevisions();
        const shares = [
          { revision: first, percent: 70, tag: null },
          { revision: second, percent: 30, tag: null },
        ];
        await shift(service, { kind: 'split', shares });
        await createReady(service, withEnv('three'));
        expect(served(await get(service))).toEqual([
          [first, 70],
          [second, 30],
        ]);
      });

      it('keeps the traffic of a service that followed its latest', async () => {
        const { service, second } = await twoRevisions();
        await shift(service, { kind: 'latest' });
        await createReady(service, withEnv('three'));
        expect(served(await get(service))).toEqual([[second, 100]]);
      });

      it('is cut even when nothing but the deploy id is new', async () => {
        const service = newService();
        const first = await createReady(service);
        expect(await createReady(service)).not.toBe(first);
      });

      it('is adopted when a retry asks for it again', async () => {
        const service = newService();
        await createReady(service);
        const wanted = request(service, withEnv('two'));
        const first = await create(wanted);
        const retried = await platform.another.createRevision(wanted);
        expect(await platform.another.waitFor(retried, WAIT())).toEqual(first);
        expect(await list(service)).toHaveLength(2);
      });

      it('is refused while another change is under way', async () => {
        const service = newService();
        await createReady(service);
        const running = await platform.provider.createRevision(request(service, platform.slow));
        await expect(
          platform.provider.createRevision(request(service, withEnv('two'))),
        ).rejects.toMatchObject({ code: 'CONFLICT' });
        await platform.provider.waitFor(running, WAIT());
      });

      it('is starting before it is ready', async () => {
        const service = newService();
        await createReady(service);
        const running = await platform.provider.createRevision(request(service, platform.slow));
        expect((await list(service))[0]).toMatchObject({ state: 'starting', trafficPercent: 0 });
        expect(await get(service)).toMatchObject({ reconciling: true });
        await platform.provider.waitFor(running, WAIT());
        expect((await list(service))[0]?.state).not.toBe('starting');
      });
    });

    describe('a revision that fails', () => {
      it('names the cause and leaves the serving revision alone', async () => {
        const service = newService();
        const good = await createReady(service);
        const outcome = await create(request(service, platform.failing));
        expect(outcome.state).toBe('failed');
        if (outcome.state === 'failed') expect(outcome.reason).toContain(platform.failingReason);
        const read = await get(service);
        expect(served(read)).toEqual([[good, 100]]);
        expect(read.failure).toContain(platform.failingReason);
        expect(read.latestReadyRevision).toBe(good);
      });

      it('stays in the list with its reason', async () => {
        const service = newService();
        await createReady(service);
        await create(request(service, platform.failing));
        const [newest] = await list(service);
        expect(newest?.state).toBe('failed');
        expect(newest?.reason).toContain(platform.failingReason);
      });

      it('does not keep the next one from being deployed', async () => {
        const service = newService();
        await createReady(service);
        await create(request(service, platform.failing));
        const good = await createReady(service, withEnv('repaired'));
        await shift(service, only(good));
        expect(await get(service)).toMatchObject({ failure: null, latestReadyRevision: good });
      });
    });

    describe('traffic', () => {
      it('moves to another revision and back without cutting one', async () => {
        const { service, first, second } = await twoRevisions();
        expect(await shift(service, only(second))).toMatchObject({ state: 'succeeded' });
        expect(served(await get(service))).toEqual([[second, 100]]);
        expect(await shift(service, only(first))).toMatchObject({ state: 'succeeded' });
        expect(served(await get(service))).toEqual([[first, 100]]);
        expect(await list(service)).toHaveLength(2);
      });

      it('is split in whole percents', async () => {
        const { service, first, second } = await twoRevisions();
        const shares = [
          { revision: first, percent: 90, tag: null },
          { revision: second, percent: 10, tag: null },
        ];
        await shift(service, { kind: 'split', shares });
        const percents = (await list(service)).map(({ trafficPercent }) => trafficPercent);
        expect(percents).toEqual([10, 90]);
        expect((await get(service)).serving.followsLatest).toBe(false);
      });

      it.each([
        ['does not add up to 100', [99]],
        ['is not whole', [50.5, 49.5]],
        ['is negative', [-1, 101]],
        ['is empty', []],
      ])('refuses a split that %s', async (_, percents) => {
        const shares = percents.map((percent) => ({ revision: 'any-00001', percent, tag: null }));
        await expect(
          platform.provider.setTraffic('nobody', { kind: 'split', shares }),
        ).rejects.toMatchObject({ code: 'TRAFFIC_SPLIT_INVALID' });
      });

      it('keeps tags at 0 % when everything goes to one revision', async () => {
        const { service, first, second } = await twoRevisions();
        const tagged = [
          { revision: first, percent: 100, tag: null },
          { revision: second, percent: 0, tag: 'canary' },
        ];
        await shift(service, { kind: 'split', shares: tagged });
        expect((await list(service))[0]).toMatchObject({ tags: ['canary'], state: 'ready' });
        const { shares } = (await get(service)).serving;
        await shift(service, { kind: 'split', shares: allTrafficTo(first, shares) });
        expect((await list(service))[0]).toMatchObject({ tags: ['canary'], trafficPercent: 0 });
      });

      it('follows the latest ready revision again when told so', async () => {
        const { service, second } = await twoRevisions();
        await shift(service, { kind: 'latest' });
        const read = await get(service);
        expect(served(read)).toEqual([[second, 100]]);
        expect(read.serving.followsLatest).toBe(true);
      });

      it('retires a revision that lost it, and that can get it back', async () => {
        const { service, first, second } = await twoRevisions();
        await shift(service, only(second));
        const states = (await list(service)).map(({ state }) => state);
        expect(states).toEqual(['ready', 'retired']);
        await shift(service, only(first));
        expect((await list(service))[1]).toMatchObject({ state: 'ready', trafficPercent: 100 });
      });

      it('stays where it is when the wanted revision does not exist', async () => {
        const { service, first } = await twoRevisions();
        const outcome = await shift(service, only(`${service}-00099-non`));
        expect(outcome).toMatchObject({ state: 'failed' });
        if (outcome.state === 'failed') expect(outcome.reason).toContain('does not exist');
        expect(served(await get(service))).toEqual([[first, 100]]);
      });

      it('of an unknown service is refused', async () => {
        await expect(platform.provider.setTraffic('nobody', only('x'))).rejects.toMatchObject({
          code: 'SERVICE_NOT_FOUND',
        });
      });

      it('changes the service’s etag', async () => {
        const { service, second } = await twoRevisions();
        const before = (await get(service)).etag;
        await shift(service, only(second));
        expect((await get(service)).etag).not.toBe(before);
      });
    });

    describe('waiting', () => {
      it('goes on in another process that knows only the name', async () => {
        const service = newService();
        await createReady(service);
        const { name } = await platform.provider.createRevision(request(service, platform.slow));
        const outcome = await platform.another.waitFor({ name, service }, WAIT());
        const { latestCreatedRevision } = await get(service);
        expect(outcome).toEqual({ state: 'succeeded', revision: latestCreatedRevision });
      });

      it('gives the same outcome again when it is asked again', async () => {
        const service = newService();
        const operation = await platform.provider.createRevision(request(service));
        const first = await platform.provider.waitFor(operation, WAIT());
        expect(await platform.provider.waitFor(operation, WAIT())).toEqual(first);
      });

      it('ends when it is aborted, and the platform goes on', async () => {
        const service = newService();
        await createReady(service);
        const operation = await platform.provider.createRevision(request(service, platform.slow));
        const abort = new AbortController();
        const waiting = platform.provider.waitFor(operation, abort.signal);
        abort.abort(new Error('enough'));
        await expect(waiting).rejects.toThrow('enough');
        expect(await platform.provider.waitFor(operation, WAIT())).toMatchObject({
          state: 'succeeded',
        });
      });

      it('refuses an operation that nobody knows', async () => {
        const name = 'projects/local/locations/local/operations/none';
        await expect(
          platform.provider.waitFor({ name, service: 'case-1' }, WAIT()),
        ).rejects.toMatchObject({ code: 'OPERATION_NOT_FOUND' });
      });
    });

    it('says so when the platform is unreachable, for every call', async () => {
      await platform.cut();
      const calls = [
        platform.provider.listServices(),
        get('case-1'),
        list('case-1'),
        platform.provider.createRevision(request('case-1')),
        platform.provider.setTraffic('case-1', only('x')),
      ];
      for (const outcome of await Promise.allSettled(calls)) {
        expect(outcome).toMatchObject({
          status: 'rejected',
          reason: { code: 'TARGET_UNREACHABLE', retryable: true },
        });
      }
    });
  });
}
