import { rename } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SECRETS_FOLDER } from '@omni/contracts/local-cloud.ts';
import type { RevisionTemplate, Service } from '../shared/domain/revision.ts';
import { LocalSession } from './providers/local/local-session.ts';
import { systemClock } from './providers/os/system-clock.ts';
import { LocalCloudProcess } from './providers/testing/local-cloud-process.ts';
import { TINY_SERVICE, tinyTemplate } from './providers/testing/tiny-service.ts';
import { fakeCore } from './testing/fake-core.ts';
import type { Core } from './usecases/core.ts';
import { planRollBack } from './usecases/deployments/plan-roll-back.ts';
import { rollBack } from './usecases/deployments/roll-back.ts';

let cloud: LocalCloudProcess;
let session: LocalSession;
let core: Core;
const revisions: string[] = [];

/** The next revision of the service, ready and with all traffic. */
async function deployed(template: RevisionTemplate): Promise<void> {
  const { provider } = session;
  const signal = AbortSignal.timeout(15_000);
  const deployId = `deploy-${String(revisions.length)}`;
  const made = await provider.createRevision({ service: 'tiny', template, deployId });
  const outcome = await provider.waitFor(made, signal);
  if (outcome.state === 'failed') throw new Error(outcome.reason);
  revisions.push(outcome.revision ?? '');
  await provider.waitFor(await provider.setTraffic('tiny', { kind: 'latest' }), signal);
}

async function image(source: string): Promise<string> {
  await cloud.writeSource('tiny', source);
  const packed = await session.builder.package('tiny');
  const signal = AbortSignal.timeout(30_000);
  const built = await session.builder.build({ source: packed, onLog: () => undefined, signal });
  return built.image;
}

beforeAll(async () => {
  cloud = await LocalCloudProcess.start({ tiny: TINY_SERVICE });
  const { stateFolder, sourcesFolder } = cloud;
  session = new LocalSession({ stateFolder, sourcesFolder, clock: systemClock });
  const fake = fakeCore();
  core = { ...fake.core, ports: { ...fake.core.ports, session, sessionOf: () => session } };
  const env = [{ name: 'KEYS', secret: 'key-peppers', version: 'latest' }];
  await deployed({ ...tinyTemplate(await image(TINY_SERVICE)), env });
  await deployed(tinyTemplate(await image(`${TINY_SERVICE}// changed\n`)));
}, 60_000);

afterAll(async () => {
  await session.close();
  await cloud.close();
});

const order = (): { service: string; revision: string; reason: string } => ({
  service: 'tiny',
  revision: revisions[0] ?? '',
  reason: '',
});

async function failedChecks(): Promise<string[]> {
  const { checks } = await planRollBack(core, order());
  return checks.filter(({ ok }) => !ok).map(({ title }) => title);
}

/** Takes a file or folder of the local cloud away while something is tried. */
async function without<T>(place: string, work: () => Promise<T>): Promise<T> {
  await rename(place, `${place}.away`);
  try {
    return await work();
  } finally {
    await rename(`${place}.away`, place);
  }
}

async function isRefused(): Promise<Service> {
  await expect(rollBack(core, order())).rejects.toMatchObject({ code: 'PREFLIGHT_FAILED' });
  return session.provider.getService('tiny');
}

it('blocks a rollback whose image or secret is gone, and moves no traffic', async () => {
  const before = await session.provider.getService('tiny');
  expect(await failedChecks()).toEqual([]);

  const [, old] = await session.provider.listRevisions('tiny');
  const digest = old?.template.image.split('sha256:')[1] ?? '';
  const artifact = path.join(cloud.stateFolder, 'artifacts', digest);
  await without(artifact, async () => {
    expect(await failedChecks()).toEqual(['Its image is still there']);
    expect(await isRefused()).toEqual(before);
  });

  const secret = path.join(cloud.stateFolder, SECRETS_FOLDER, 'key-peppers');
  await without(secret, async () => {
    expect(await failedChecks()).toEqual(['Its secrets resolve']);
    expect(await isRefused()).toEqual(before);
  });
  expect(await failedChecks()).toEqual([]);
}, 60_000);
