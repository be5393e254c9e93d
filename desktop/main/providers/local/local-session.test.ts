import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeDeploymentProvider } from '../deployment-provider.conformance.ts';
import { LocalCloudProcess } from '../testing/local-cloud-process.ts';
import { TINY_SERVICE, tinyTemplate } from '../testing/tiny-service.ts';
import { systemClock } from '../os/system-clock.ts';
import { LocalCloudHttp } from './local-cloud-http.ts';
import { LocalConnection } from './local-connection.ts';
import { LocalSession } from './local-session.ts';

const noAbort = (): AbortSignal => AbortSignal.timeout(12_000);

function attach(cloud: LocalCloudProcess): LocalSession {
  const { stateFolder, sourcesFolder } = cloud;
  return new LocalSession({ stateFolder, sourcesFolder, clock: systemClock });
}

async function buildTiny(session: LocalSession, onLog: (line: string) => void): Promise<string> {
  const source = await session.builder.package('tiny');
  return (await session.builder.build({ source, onLog, signal: noAbort() })).image;
}

describeDeploymentProvider('Cloud Run aimed at the local cloud', async () => {
  const cloud = await LocalCloudProcess.start({ tiny: TINY_SERVICE });
  const session = attach(cloud);
  const other = attach(cloud);
  const working = tinyTemplate(await buildTiny(session, () => undefined));
  return {
    provider: session.provider,
    another: other.provider,
    working,
    failing: { ...working, env: [{ name: 'FAIL', value: 'no config' }] },
    failingReason: 'refusing to start: no config',
    slow: { ...working, env: [{ name: 'SLOW_MS', value: '300' }] },
    prefix: 'case-',
    unknownOperation: 'projects/local/locations/local/operations/none',
    cut: () => cloud.stop(),
    close: async () => {
      await Promise.all([session.close(), other.close()]);
      await cloud.close();
    },
  };
});

describe('LocalSession', () => {
  let cloud: LocalCloudProcess;
  let session: LocalSession;

  beforeAll(async () => {
    cloud = await LocalCloudProcess.start({ tiny: TINY_SERVICE, broken: 'import "./missing.ts";' });
    session = attach(cloud);
  });
  afterAll(async () => {
    await session.close();
    await cloud.close();
  });

  it('builds a folder to an image by digest, with a log, and reuses it', async () => {
    const lines: string[] = [];
    const source = await session.builder.package('tiny');
    expect(source).toMatchObject({ service: 'tiny', files: 1 });
    const onLog = (line: string): number => lines.push(line);
    const first = await session.builder.build({ source, onLog, signal: noAbort() });
    expect(first.image).toMatch(/^local\/tiny@sha256:[0-9a-f]{64}$/);
    expect(lines.length).toBeGreaterThan(0);
    const second = await session.builder.build({ source, onLog, signal: noAbort() });
    expect(second).toEqual({ image: first.image, reused: true });
  });

  it('says why a build failed', async () => {
    const source = await session.builder.package('broken');
    const build = session.builder.build({ source, onLog: () => undefined, signal: noAbort() });
    await expect(build).rejects.toMatchObject({ code: 'BUILD_FAILED' });
    await expect(build).rejects.toThrow('missing.ts');
  });

  it('cancels a build', async () => {
    await cloud.writeSource('tiny', `${TINY_SERVICE}// changed\n`);
    const source = await session.builder.package('tiny');
    const abort = new AbortController();
    const build = session.builder.build({
      source,
      onLog: () => undefined,
      signal: abort.signal,
    });
    setImmediate(() => abort.abort());
    await expect(build).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it.each(['nobody', '../tiny', ''])('refuses the source folder %j', async (service) => {
    await expect(session.builder.package(service)).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
    });
  });

  it('finds the instances, their metrics and their logs', async () => {
    const image = await buildTiny(session, () => undefined);
    const operation = await session.provider.createRevision({
      service: 'tiny',
      template: { ...tinyTemplate(image), minInstances: 1 },
      deployId: 'first',
      settings: { public: true },
    });
    const outcome = await session.provider.waitFor(operation, noAbort());
    const revision = outcome.state === 'succeeded' ? (outcome.revision ?? '') : outcome.reason;
    const [target] = await session.scrapeTargets.list();
    expect(target).toMatchObject({ service: 'tiny', revision });
    const metrics = await fetch(target?.url ?? '');
    expect(await metrics.text()).toContain('tiny_up 1');
    const lines = await session.provider.readLogs('tiny', revision, 50);
    expect(lines.map(({ line }) => line)).toContain(`tiny service of ${revision} listens`);
  });

  it('follows a log without an end and misses no line', async () => {
    const http = new LocalCloudHttp(new LocalConnection(cloud.stateFolder));
    const { uri, serving } = await session.provider.getService('tiny');
    const lines: string[] = [];
    const look = http.followLog('tiny', serving.shares[0]?.revision ?? '', (line) => {
      if (line.startsWith('said ')) lines.push(line);
    });
    for (let round = 1; round <= 10; round += 1) {
      await (await fetch(`${uri}/say/500`)).text();
      await expect.poll(async () => look().then(() => lines.length)).toBe(round * 500);
    }
    expect(lines).toEqual(Array.from({ length: 5_000 }, (_, n) => `said ${String(n + 1)}`));
    await http.close();
  });

  it('moves traffic back and forth under load without losing a request', async () => {
    const { provider } = session;
    const [first] = await provider.listRevisions('tiny');
    if (first === undefined) throw new Error('the case before deployed nothing');
    const request = { service: 'tiny', template: first.template, deployId: 'second' };
    const cut = await provider.waitFor(await provider.createRevision(request), noAbort());
    const second = cut.state === 'succeeded' ? (cut.revision ?? '') : cut.reason;
    const { uri } = await provider.getService('tiny');
    const answers: string[] = [];
    let shifting = true;
    const client = async (): Promise<void> => {
      while (shifting) {
        const answer = await fetch(uri);
        await answer.text();
        answers.push(`${String(answer.status)} ${answer.headers.get('x-omni-revision') ?? ''}`);
      }
    };
    const clients = [client(), client(), client(), client()];
    for (const revision of [second, first.name, second, first.name]) {
      const shares = [{ revision, percent: 100, tag: null }];
      const operation = await provider.setTraffic('tiny', { kind: 'split', shares });
      await provider.waitFor(operation, noAbort());
    }
    shifting = false;
    await Promise.all(clients);
    expect(new Set(answers)).toEqual(new Set([`200 ${first.name}`, `200 ${second}`]));
  });

  it('lets one of several writers win and tells the others that they lost', async () => {
    const { provider } = session;
    const [a, b] = await provider.listRevisions('tiny');
    const wanted = [a, b, a, b].map((revision) => ({
      kind: 'split' as const,
      shares: [{ revision: revision?.name ?? '', percent: 100, tag: null }],
    }));
    const outcomes = await Promise.allSettled(
      wanted.map((traffic) => provider.setTraffic('tiny', traffic)),
    );
    const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.length).toBeLessThan(outcomes.length);
    for (const { reason } of lost) expect(reason).toMatchObject({ code: 'CONFLICT' });
  });

  it('reads what the local cloud says of itself where it is not Cloud Run', async () => {
    const differences = await session.differences.list();
    expect(differences.map(({ topic }) => topic)).toContain('isolation');
  });

  it('reads the secrets that the local cloud made', async () => {
    expect(await session.secrets.gatewayAdminToken()).toMatch(/^\S{32,}$/);
    expect(await session.secrets.sampleTrafficKey()).toMatch(/^\S{32,}$/);
  });

  it('finds the local cloud again at its new address after a restart', async () => {
    const before = await session.reachability();
    expect(before).toMatchObject({ reachable: true });
    await cloud.stop();
    expect(await session.reachability()).toEqual({
      reachable: false,
      reason: 'The local cloud isn’t running.',
    });
    await cloud.start();
    expect(await session.reachability()).toMatchObject({ reachable: true });
    expect(await session.provider.listServices()).toHaveLength(1);
  });

  it('notices a process that was killed and left its file behind', async () => {
    await cloud.stop('SIGKILL');
    const { reason } = { reason: '', ...(await session.reachability()) };
    expect(reason).toMatch(/has ended \(process \d+ is gone\)/);
    await expect(session.provider.listServices()).rejects.toMatchObject({
      code: 'TARGET_UNREACHABLE',
    });
  });
});
