import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourcePackage } from '../../ports/image-builder.ts';
import { LocalProject } from '../testing/local-project.ts';
import { TINY_SERVICE, tinyTemplate } from '../testing/tiny-service.ts';

const REPOSITORY = 'projects/local/locations/local/repositories/cloud-run-source-deploy';
const BUCKET = 'run-sources-local-local';
const IMAGE = 'local-docker.pkg.dev/local/cloud-run-source-deploy';
const patience = (): AbortSignal => AbortSignal.timeout(30_000);

let project: LocalProject;

beforeAll(async () => {
  project = await LocalProject.open();
});
afterAll(async () => {
  await project.close();
});

interface Built {
  readonly image: string;
  readonly reused: boolean;
  readonly lines: readonly string[];
  readonly submitted: readonly string[];
}

/** The stages package, upload and build, as a deploy goes through them. */
async function build(
  service: string,
  { signal = patience(), onLine = (): void => undefined } = {},
): Promise<Built> {
  const { builder } = project.session;
  const source = await builder.package(service);
  await builder.upload?.(source, signal);
  const lines: string[] = [];
  const submitted: string[] = [];
  const built = await builder.build({
    source,
    signal,
    onLog: (line) => {
      lines.push(line);
      onLine();
    },
    onSubmitted: (name) => {
      submitted.push(name);
      return Promise.resolve();
    },
  });
  return { ...built, lines, submitted };
}

const uploads = (): number =>
  project.google.asked.filter((call) => call.startsWith('POST /upload/')).length;

describe('from a source to what serves, on a project', { timeout: 60_000 }, () => {
  it('makes repository and bucket, uploads, builds, follows the log, deploys the digest', async () => {
    await project.writeSource('tiny', TINY_SERVICE);
    const { image, reused, lines, submitted } = await build('tiny');
    expect(image).toMatch(new RegExp(`^${IMAGE}/tiny@sha256:[0-9a-f]{64}$`));
    expect(reused).toBe(false);
    expect([...project.google.repositories]).toEqual([REPOSITORY]);
    expect([...project.google.buckets]).toEqual([BUCKET]);
    expect(lines).toContain('bundling server');
    const [done, ...others] = await project.buildsOf('tiny');
    expect(others).toEqual([]);
    expect(done?.status).toBe('SUCCESS');
    expect(submitted).toEqual([`projects/local/locations/local/builds/${done?.id ?? ''}`]);

    const { provider, references } = project.session;
    expect(await references.image(image)).toEqual({ state: 'present' });
    const operation = await provider.createRevision({
      service: 'tiny',
      template: tinyTemplate(image),
      deployId: 'first',
      settings: { public: true },
    });
    const outcome = await provider.waitFor(operation, patience());
    const revision = outcome.state === 'succeeded' ? outcome.revision : outcome.reason;
    const { uri, serving } = await provider.getService('tiny');
    expect(serving.shares).toMatchObject([{ revision, percent: 100 }]);
    const answer = await fetch(uri);
    expect([answer.status, answer.headers.get('x-omni-revision')]).toEqual([200, revision]);
    const [made] = await provider.listRevisions('tiny');
    expect(made?.template.image).toBe(image);
  });

  it('sends and builds an unchanged source no second time', async () => {
    const before = uploads();
    const { reused, submitted } = await build('tiny');
    expect(reused).toBe(true);
    expect(submitted).toEqual([]);
    expect(uploads()).toBe(before);
    expect(await project.buildsOf('tiny')).toHaveLength(1);
  });

  it('fails with the compiler’s cause, in the failure and in the log', async () => {
    await project.writeSource('broken', "import './missing.ts';\n");
    await expect(build('broken')).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringContaining('missing.ts') as unknown,
    });
    expect(await project.buildsOf('broken')).toMatchObject([{ status: 'FAILURE' }]);
  });

  it('cancels the build itself', async () => {
    await project.writeSource('slow', TINY_SERVICE);
    await project.cloud.addFault({ kind: 'slow-build', ms: 60_000 });
    const abort = new AbortController();
    const building = build('slow', { signal: abort.signal });
    const cancelled = expect(building).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect
      .poll(async () => project.buildsOf('slow'), { timeout: 20_000 })
      .toMatchObject([{ status: 'WORKING' }]);
    abort.abort(new Error('the operator cancels'));
    await cancelled;
    await expect
      .poll(async () => project.buildsOf('slow'), { timeout: 20_000 })
      .toMatchObject([{ status: 'CANCELLED' }]);
  });

  it('goes on after an upload that broke off, with one object and one build', async () => {
    await project.writeSource('torn', TINY_SERVICE);
    project.google.breakUploads(true);
    await expect(build('torn')).rejects.toMatchObject({
      code: 'TARGET_UNREACHABLE',
      retryable: true,
    });
    project.google.breakUploads(false);
    expect(await project.buildsOf('torn')).toEqual([]);
    const { reused } = await build('torn');
    expect(reused).toBe(false);
    const stored = [...project.google.objects.keys()].filter((name) => name.includes('/torn/'));
    expect(stored).toHaveLength(1);
    expect(await project.buildsOf('torn')).toMatchObject([{ status: 'SUCCESS' }]);
  });

  it('follows the build whose answer was lost instead of beginning another', async () => {
    await project.writeSource('lost', TINY_SERVICE);
    await project.cloud.addFault({ kind: 'slow-build', ms: 300 });
    await project.cloud.addFault({ kind: 'lost-response', method: 'SubmitBuild' });
    const { submitted } = await build('lost');
    const builds = await project.buildsOf('lost');
    expect(builds).toMatchObject([{ status: 'SUCCESS' }]);
    expect(submitted).toEqual([`projects/local/locations/local/builds/${builds[0]?.id ?? ''}`]);
  });

  it('follows a build that an earlier console began and never wrote down', async () => {
    await project.writeSource('kept', TINY_SERVICE);
    await project.cloud.addFault({ kind: 'slow-build', ms: 500 });
    const killed = expect(buildUntilSubmitted('kept')).rejects.toThrow('the console ends');
    await killed;
    const { reused } = await build('kept');
    expect(reused).toBe(false);
    expect(await project.buildsOf('kept')).toMatchObject([{ status: 'SUCCESS' }]);
  });

  it('is cancelled, not unreachable, when the operator cancels in the upload', async () => {
    await project.writeSource('early', TINY_SERVICE);
    const { builder } = project.session;
    const source: SourcePackage = await builder.package('early');
    const abort = new AbortController();
    project.google.onceUploading(() => {
      abort.abort(new Error('the operator cancels'));
    });
    await expect(builder.upload?.(source, abort.signal)).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(await project.buildsOf('early')).toEqual([]);
  });
});

/** Ends where a console is killed between the platform's answer and its own journal. */
async function buildUntilSubmitted(service: string): Promise<void> {
  const { builder } = project.session;
  const source = await builder.package(service);
  await builder.build({
    source,
    signal: patience(),
    onLog: () => undefined,
    onSubmitted: () => Promise.reject(new Error('the console ends')),
  });
}
