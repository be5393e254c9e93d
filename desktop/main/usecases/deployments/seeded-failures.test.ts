import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalFaultRequest } from '@omni/contracts/local-cloud-faults.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Operation, StageId } from '../../../shared/domain/operation.ts';
import { HttpHealthProbe } from '../../providers/http/http-health-probe.ts';
import { LocalSession } from '../../providers/local/local-session.ts';
import { systemClock } from '../../providers/os/system-clock.ts';
import { LocalCloudProcess } from '../../providers/testing/local-cloud-process.ts';
import { tinyTemplate } from '../../providers/testing/tiny-service.ts';
import { endOf, fakeCore } from '../../testing/fake-core.ts';
import type { Core } from '../core.ts';
import { createCore } from '../core.ts';
import { deploy } from './deploy.ts';

const NOW = new AbortController().signal;

/** A backend that goes wrong in the way its environment says. */
const BACKEND = `
import http from 'node:http';
const { PORT, HOST, K_REVISION, MODE = '' } = process.env;
if (MODE === 'exits') {
  console.error('config error: MODEL_PATH is not set');
  process.exit(3);
}
const server = http.createServer((request, response) => {
  const probed = request.url === '/ready';
  if (MODE === 'crashes' && probed) process.exit(7);
  const bad = probed ? { 'never-ready': 503, 'no-probe-path': 404 } : { 'fails-requests': 500 };
  response.writeHead(bad[MODE] ?? 200, { 'x-omni-revision': K_REVISION });
  response.end('{}');
});
server.listen(MODE === 'wrong-port' ? 0 : Number(PORT), HOST);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;

let cloud: LocalCloudProcess;
let session: LocalSession;
let probe: HttpHealthProbe;
let core: Core;
let good: string;

beforeAll(async () => {
  cloud = await LocalCloudProcess.start({ backend: BACKEND });
  const { stateFolder, sourcesFolder } = cloud;
  session = new LocalSession({ stateFolder, sourcesFolder, clock: systemClock });
  probe = new HttpHealthProbe();
  const fake = fakeCore().core;
  const real = { session, sessionOf: () => session, probe, clock: systemClock };
  const ports = { ...fake.ports, ...real };
  core = createCore(ports, fake.facts, fake.memory.settings.value);
  // The deploys that fail start from this revision: its short probe makes them fail soon, and leaves
  // a busy machine the time to start this one.
  const source = await session.builder.package('backend');
  const { image } = await session.builder.build({ source, onLog: () => undefined, signal: NOW });
  const startupProbe = { path: '/ready', periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 3 };
  const template = { ...tinyTemplate(image), minInstances: 1, startupProbe };
  const settings = { public: true };
  const request = { service: 'backend', template, deployId: 'good', settings };
  const made = await session.provider.createRevision(request);
  const outcome = await session.provider.waitFor(made, NOW);
  good = outcome.state === 'succeeded' ? (outcome.revision ?? '') : outcome.reason;
});
afterEach(async () => {
  await cloud.clearFaults();
  await cloud.writeSource('backend', BACKEND);
});
afterAll(async () => {
  await session.close();
  await probe.close();
  await cloud.close();
});

interface Seed {
  readonly what: string;
  readonly phase: StageId;
  readonly code: string;
  readonly cause: RegExp;
  readonly fix: RegExp;
  /** Behaviour of the service; none when the platform or the source is at fault. */
  readonly mode?: string;
  readonly fault?: LocalFaultRequest;
  readonly prepare?: () => Promise<void>;
}

const callError = (code: 'UNAVAILABLE' | 'RESOURCE_EXHAUSTED' | 'DEADLINE_EXCEEDED') =>
  ({ kind: 'call-error', method: 'UpdateService', code, times: 50 }) as const;

const SEEDS: readonly Seed[] = [
  {
    what: 'the source folder is gone',
    phase: 'package',
    code: 'SOURCE_NOT_FOUND',
    cause: /no source folder for backend/,
    fix: /where the console looks for sources/,
    prepare: () => rm(join(cloud.sourcesFolder, 'backend'), { recursive: true }),
  },
  {
    what: 'a syntax error',
    phase: 'build',
    code: 'BUILD_FAILED',
    cause: /server\.ts/,
    fix: /correct the source/,
    prepare: () => cloud.writeSource('backend', 'const = ;'),
  },
  {
    what: 'an import of a file that is not there',
    phase: 'build',
    code: 'BUILD_FAILED',
    cause: /missing\.ts/,
    fix: /correct the source/,
    prepare: () => cloud.writeSource('backend', "import './missing.ts';"),
  },
  {
    what: 'a dependency that cannot be installed',
    phase: 'build',
    code: 'BUILD_FAILED',
    cause: /lock file does not match/,
    fix: /Read the build log/,
    fault: { kind: 'build-failure', source: 'backend' },
  },
  {
    what: 'no permission to update',
    phase: 'revision',
    code: 'PERMISSION_DENIED',
    cause: /run\.services\.update/,
    fix: /roles\/run\.developer/,
    fault: { kind: 'permission-denied', permissions: ['run.services.update'] },
  },
  {
    what: 'a platform that is away',
    phase: 'revision',
    code: 'TARGET_UNREACHABLE',
    cause: /local cloud/,
    fix: /Check that the platform runs/,
    fault: callError('UNAVAILABLE'),
  },
  {
    what: 'a quota of calls',
    phase: 'revision',
    code: 'TARGET_UNREACHABLE',
    cause: /doesn’t answer/,
    fix: /quota is used up/,
    fault: callError('RESOURCE_EXHAUSTED'),
  },
  {
    what: 'an answer that never comes',
    phase: 'revision',
    code: 'TIMEOUT',
    cause: /in time|within|deadline/i,
    fix: /look at the service first/,
    fault: callError('DEADLINE_EXCEEDED'),
  },
  {
    what: 'somebody else’s change at the same time',
    phase: 'revision',
    code: 'CONFLICT',
    cause: /etag does not match/,
    fix: /as it is now/,
    fault: { kind: 'etag-race', service: 'backend', times: 50 },
  },
  {
    what: 'a process that ends at once',
    phase: 'ready',
    code: 'REVISION_NOT_READY',
    cause: /exit code 3[^]*MODEL_PATH is not set/,
    fix: /what made it end/,
    mode: 'exits',
  },
  {
    what: 'a process that listens elsewhere',
    phase: 'ready',
    code: 'REVISION_NOT_READY',
    cause: /start-up probe \(GET \/ready\)/,
    fix: /listen on PORT/,
    mode: 'wrong-port',
  },
  {
    what: 'a service that is never ready',
    phase: 'ready',
    code: 'REVISION_NOT_READY',
    cause: /start-up probe \(GET \/ready\)/,
    fix: /with 200 in time/,
    mode: 'never-ready',
  },
  {
    what: 'a probe path that is not there',
    phase: 'ready',
    code: 'REVISION_NOT_READY',
    cause: /start-up probe \(GET \/ready\)/,
    fix: /path of its start-up probe/,
    mode: 'no-probe-path',
  },
  {
    what: 'a process that crashes when it is probed',
    phase: 'ready',
    code: 'REVISION_NOT_READY',
    cause: /probe|exit code 7/,
    fix: /log lines/,
    mode: 'crashes',
  },
  {
    what: 'an image that is gone',
    phase: 'ready',
    code: 'REVISION_NOT_READY',
    cause: /Image 'local\/backend@sha256:[0-9a-f]+' was not found/,
    fix: /with a build/,
    fault: { kind: 'missing-artifact', service: 'backend' },
  },
  {
    what: 'a quota of instances',
    phase: 'ready',
    code: 'REVISION_NOT_READY',
    cause: /quota/i,
    fix: /higher quota/,
    fault: { kind: 'quota', resource: 'instances' },
  },
  {
    what: 'a secret that is gone',
    phase: 'ready',
    code: 'REVISION_NOT_READY',
    cause: /sample-traffic-key/,
    fix: /secretAccessor/,
    prepare: () => rm(join(cloud.stateFolder, 'secrets', 'sample-traffic-key')),
  },
];

async function failedDeploy({ mode = '', fault, prepare }: Seed): Promise<Operation> {
  await prepare?.();
  if (fault !== undefined) await cloud.addFault(fault);
  const order = { service: 'backend', build: true, env: { MODE: mode } };
  const { operationId } = await deploy(core, order);
  return endOf(core, operationId);
}

describe('a deploy that fails', () => {
  it.each(SEEDS)('by $what: in $phase, with cause and fix', { timeout: 60_000 }, async (seed) => {
    const operation = await failedDeploy(seed);
    expect(operation.stages.find(({ state }) => state === 'failed')?.id).toBe(seed.phase);
    expect(operation.error?.code).toBe(seed.code);
    expect(operation.error?.message).toMatch(seed.cause);
    expect(operation.error?.nextStep).toMatch(seed.fix);
    const service = await session.provider.getService('backend');
    expect(service.serving.shares).toMatchObject([{ revision: good, percent: 100 }]);
  });
});
