import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GoogleApis } from '../cloud-run/google-http.ts';
import { GoogleHttp } from '../cloud-run/google-http.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { GoogleApisServer } from '../testing/google-apis-server.ts';
import { GoogleImageBuilder } from './google-image-builder.ts';
import { packSource } from './source-context.ts';

const REPOSITORY = 'projects/p/locations/europe-west1/repositories/cloud-run-source-deploy';
const BUCKET = 'run-sources-p-europe-west1';
const IMAGE =
  /^europe-west1-docker\.pkg\.dev\/p\/cloud-run-source-deploy\/tiny@sha256:[0-9a-f]{64}$/;

let google: GoogleApisServer;
let apis: GoogleApis;
let folder: string;
let builder: GoogleImageBuilder;

beforeEach(async () => {
  google = new GoogleApisServer();
  apis = await google.listen();
  folder = await mkdtemp(join(tmpdir(), 'omni-build-'));
  await writeSource('hello');
  builder = new GoogleImageBuilder({
    // A project where Cloud Run serves no builds: Cloud Build itself is asked.
    clients: { get: () => Promise.reject(Object.assign(new Error('no builds'), { code: 5 })) },
    http: new GoogleHttp(apis, () => Promise.resolve(new Headers({ authorization: 'Bearer t' }))),
    project: 'p',
    location: 'europe-west1',
    platform: 'Cloud Run in europe-west1',
    clock: new ManualClock({ hurried: true }),
    sourcesFolder: join(folder, 'services'),
  });
});
afterEach(async () => {
  await google.close();
  await rm(folder, { recursive: true, force: true });
});

async function writeSource(text: string): Promise<void> {
  const service = join(folder, 'services/tiny');
  await mkdir(join(service, 'src'), { recursive: true });
  await mkdir(join(service, 'node_modules/dep'), { recursive: true });
  await writeFile(join(service, 'Dockerfile'), 'FROM scratch\n');
  await writeFile(join(service, 'Dockerfile.dockerignore'), '*\n!services/tiny\n**/*.md\n');
  await writeFile(join(service, 'src/server.ts'), text);
  await writeFile(join(service, 'README.md'), 'left out');
  await writeFile(join(service, 'node_modules/dep/index.js'), 'left out');
  await writeFile(join(folder, 'secret.env'), 'left out');
}

const build = async (
  options: { signal?: AbortSignal; submitted?: string } = {},
): Promise<{ image: string; reused: boolean; lines: string[]; submitted: string[] }> => {
  const lines: string[] = [];
  const submitted: string[] = [];
  const source = await builder.package('tiny');
  const built = await builder.build({
    source,
    signal: AbortSignal.timeout(20_000),
    onLog: (line) => lines.push(line),
    onSubmitted: (name) => {
      submitted.push(name);
      return Promise.resolve();
    },
    ...options,
  });
  return { ...built, lines, submitted };
};

describe('a build on Google', () => {
  it('makes bucket and repository, uploads, builds, follows the log and gives the digest', async () => {
    const { image, reused, lines, submitted } = await build();
    expect(image).toMatch(IMAGE);
    expect(reused).toBe(false);
    expect(lines).toEqual(['step 1', 'step 2', 'step 3']);
    expect(submitted).toEqual(['projects/p/locations/europe-west1/builds/build-0001']);
    expect([...google.buckets]).toEqual([BUCKET]);
    expect([...google.repositories]).toEqual([REPOSITORY]);
    const sent = google.requests.find(({ path }) => path.endsWith('/builds'));
    expect(JSON.parse(sent?.body ?? '')).toMatchObject({
      source: { storageSource: { bucket: BUCKET, generation: '1' } },
      options: { logging: 'CLOUD_LOGGING_ONLY' },
      tags: ['service_tiny'],
    });
  });

  it('passes every line of a long log on, once and in order', async () => {
    google.logLines = Array.from({ length: 2_500 }, (_, n) => `line ${String(n)}`);
    google.buildScript = [...Array.from({ length: 4 }, () => 'WORKING'), 'SUCCESS'];
    google.onLook = (look) => {
      const more = Array.from({ length: 625 }, (_, n) => `line ${String(2_500 + look * 625 + n)}`);
      if (look < 4) google.logLines.push(...more);
    };
    const { lines } = await build();
    expect(lines).toEqual(Array.from({ length: 5_000 }, (_, n) => `line ${String(n)}`));
    const asked = google.requests.filter(({ path }) => path === '/v2/entries:list');
    // What has been read is not read again and again: a window of it at most.
    expect(asked.at(-1)?.body).toContain('timestamp>=');
  });

  it.each([
    ['made at the same moment', 409, null],
    ['refused by its operation', 200, 'no quota'],
  ])('a repository that is %s', async (_what, status, refused) => {
    google.repositoryAnswer = { status, refused };
    const building = build();
    if (refused === null) expect((await building).image).toMatch(IMAGE);
    else await expect(building).rejects.toThrow(refused);
  });

  it('uses the bucket that another deploy of this project made a moment ago', async () => {
    google.bucketAppears = true;
    await build();
    expect([...google.buckets]).toEqual([BUCKET]);
  });

  it('makes nothing that is there, and uploads an unchanged source once', async () => {
    await build();
    const before = google.asked.length;
    await build();
    const again = google.asked.slice(before);
    expect(again.filter((call) => call.startsWith('POST /upload'))).toEqual([]);
    expect(again.filter((call) => /^POST .*(\/b|\/repositories)$/.test(call))).toEqual([]);
  });

  it('takes the image that the same source gave before', async () => {
    const { digest } = await packSource(join(folder, 'services'), 'tiny');
    const known = `sha256:${'a'.repeat(64)}`;
    google.images.set(`p/cloud-run-source-deploy/tiny:source-${digest.slice(0, 16)}`, known);
    const { image, reused } = await build();
    expect(reused).toBe(true);
    expect(image.endsWith(known)).toBe(true);
    expect(google.asked.some((call) => call.endsWith('/builds'))).toBe(false);
  });

  it('leaves a bucket alone whose name somebody else has', async () => {
    google.foreign.add(BUCKET);
    await build();
    expect([...google.buckets]).toEqual([
      expect.stringMatching(new RegExp(`^${BUCKET}-[0-9a-f]{8}$`)),
    ]);
  });

  it('says why it failed', async () => {
    google.buildScript = ['WORKING', 'FAILURE'];
    google.buildFailure = 'step 0 exited with 1: no such file src/missing.ts';
    await expect(build()).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringContaining('src/missing.ts') as unknown,
    });
  });

  it.each([
    ['goes on', false],
    ['ends at that moment', true],
  ])('is cancelled at Cloud Build when the operator cancels and it %s', async (_what, ended) => {
    google.buildHasEnded = ended;
    google.buildScript = ['WORKING'];
    const abort = new AbortController();
    const building = build({ signal: abort.signal });
    const looked = setInterval(() => {
      if (google.logLines.length > 2) abort.abort(new Error('enough'));
    }, 5);
    await expect(building).rejects.toMatchObject({ code: 'CANCELLED' });
    clearInterval(looked);
    expect(google.asked.filter((call) => call.endsWith(':cancel'))).toHaveLength(1);
  });

  it('goes on with a build that an earlier process submitted', async () => {
    const name = 'projects/p/locations/europe-west1/builds/earlier';
    const { digest } = await packSource(join(folder, 'services'), 'tiny');
    google.images.set(
      `p/cloud-run-source-deploy/tiny:source-${digest.slice(0, 16)}`,
      `sha256:${'b'.repeat(64)}`,
    );
    const { submitted } = await build({ submitted: name });
    expect(submitted).toEqual([]);
    expect(google.asked).toContain(`GET /v1/${name}`);
  });
});

describe('a packed source', () => {
  it('holds what the ignore file lets through, as tar reads it, and the Dockerfile at its root', async () => {
    const { archive } = await packSource(join(folder, 'services'), 'tiny');
    const file = join(folder, 'packed.tar.gz');
    await writeFile(file, archive);
    const { stdout } = await promisify(execFile)('tar', ['-tzf', file]);
    expect(stdout.trim().split('\n')).toEqual([
      'Dockerfile',
      'services/tiny/Dockerfile',
      'services/tiny/Dockerfile.dockerignore',
      'services/tiny/src/server.ts',
    ]);
  });

  it('has the digest of its content and of nothing else', async () => {
    const pack = (): ReturnType<typeof packSource> => packSource(join(folder, 'services'), 'tiny');
    const first = await pack();
    await writeSource('hello');
    expect((await pack()).digest).toBe(first.digest);
    await writeSource('changed');
    expect((await pack()).digest).not.toBe(first.digest);
  });
});
