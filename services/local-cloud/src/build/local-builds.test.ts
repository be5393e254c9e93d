import fs from 'node:fs';
import path from 'node:path';
import { operationsProtos } from 'google-gax';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARENT } from '../../test-kit/clients.ts';
import { ask, build, create, followOperation, shortName } from '../../test-kit/deploy.ts';
import { addFault, withFault } from '../../test-kit/faults.ts';
import { readStruct } from '../../test-kit/read-struct.ts';
import {
  makeFolders,
  removeFolders,
  startHarness,
  writeSource,
} from '../../test-kit/local-cloud-harness.ts';
import type { Harness } from '../../test-kit/local-cloud-harness.ts';

const folders = makeFolders();
let harness: Harness;

beforeAll(async () => {
  harness = await startHarness(folders);
});

afterAll(async () => {
  await harness.stop();
  removeFolders(folders);
});

describe('SubmitBuild', { timeout: 60_000 }, () => {
  it('answers the pinned image; the same content is not built again', async () => {
    const first = readStruct((await build(harness, 'tiny')).response?.value);
    expect(first).toMatchObject({ status: 'SUCCESS', cached: false });
    expect(first['image']).toMatch(/^local\/tiny@sha256:[0-9a-f]{64}$/);
    const again = readStruct((await build(harness, 'tiny')).response?.value);
    expect(again).toMatchObject({ cached: true, image: first['image'] });
    writeSource(folders.sourcesDir, 'changed', "console.log('one');");
    const one = readStruct((await build(harness, 'changed')).response?.value);
    writeSource(folders.sourcesDir, 'changed', "console.log('two');");
    const two = readStruct((await build(harness, 'changed')).response?.value);
    expect(two['digest']).not.toBe(one['digest']);
  });

  it("fails with the compiler's message", async () => {
    writeSource(folders.sourcesDir, 'broken', "import './missing.ts';\nconst = 1;\n");
    const operation = await build(harness, 'broken');
    expect(operation.error?.code).toBe(9);
    expect(operation.error?.message).toContain('server.ts');
    expect(readStruct(operation.metadata?.value)).toMatchObject({ status: 'FAILURE' });
  });

  it('refuses a path that leads out of a bucket, and one instead of a folder', async () => {
    const { builds, options } = harness.clients;
    const submit = (bucket: string, object: string): Promise<unknown> =>
      builds.submitBuild({ parent: PARENT, storageSource: { bucket, object } }, options);
    await expect(submit('other', '../tiny.tar.gz')).rejects.toMatchObject({ code: 3 });
    await expect(submit('..', 'tiny.tar.gz')).rejects.toMatchObject({ code: 3 });
    await expect(submit('local-workspace', '../tiny')).rejects.toMatchObject({ code: 3 });
  });

  it('is read and cancelled by REST as at Cloud Build', async () => {
    const { builds, options } = harness.clients;
    const rest = async (path: string, method = 'GET'): Promise<[number, unknown]> => {
      const { httpPort, token } = harness.connection;
      const url = `http://127.0.0.1:${httpPort}/v1/${PARENT}/builds${path}`;
      const response = await fetch(url, { method, headers: { authorization: `Bearer ${token}` } });
      return [response.status, await response.json()];
    };
    await addFault(harness.connection, { kind: 'slow-build', ms: 60_000 });
    const storageSource = { bucket: 'local-workspace', object: 'tiny' };
    const [answer] = await builds.submitBuild({ parent: PARENT, storageSource }, options);
    const id = shortName(answer.buildOperation?.name);
    expect(await rest(`/${id}`)).toMatchObject([200, { id, status: 'WORKING' }]);
    expect(await rest(`/${id}:cancel`, 'POST')).toMatchObject([200, { id }]);
    await followOperation(harness, answer.buildOperation?.name ?? '');
    expect(await rest(`/${id}`)).toMatchObject([200, { status: 'CANCELLED' }]);
    const done = await build(harness, 'tiny');
    expect(await rest(`/${shortName(done.name)}`)).toMatchObject([
      200,
      {
        status: 'SUCCESS',
        results: {
          images: [{ name: 'local/tiny', digest: expect.stringMatching(/^sha256:/) as string }],
        },
      },
    ]);
    const [, all] = await rest('');
    expect(all).toMatchObject({ builds: expect.any(Array) as unknown[] });
    expect(JSON.stringify(all)).toContain(id);
    expect(await rest('/absent')).toMatchObject([404, { error: { status: 'NOT_FOUND' } }]);
    const denied = ['cloudbuild.builds.get'];
    await withFault(
      harness.connection,
      { kind: 'permission-denied', permissions: denied },
      async () => {
        expect(await rest(`/${id}`)).toMatchObject([
          403,
          { error: { status: 'PERMISSION_DENIED' } },
        ]);
      },
    );
  });

  it('can be cancelled', async () => {
    const { builds, services, options } = harness.clients;
    writeSource(folders.sourcesDir, 'slow', "console.log('slow');");
    const storageSource = { bucket: 'local-workspace', object: 'slow' };
    const [answer] = await builds.submitBuild({ parent: PARENT, storageSource }, options);
    const name = answer.buildOperation?.name ?? '';
    const request = new operationsProtos.google.longrunning.CancelOperationRequest({ name });
    await services.operationsClient.cancelOperation(request, options);
    expect((await followOperation(harness, name)).error?.code).toBe(1);
  });

  it('packs entries, folders and native packages, and runs them from anywhere', async () => {
    const dir = path.join(folders.sourcesDir, 'packed');
    const native = path.join(dir, 'node_modules', 'fake-native');
    fs.mkdirSync(path.join(native, 'bin', 'napi-v6', process.platform, process.arch), {
      recursive: true,
    });
    fs.mkdirSync(path.join(native, 'bin', 'napi-v6', 'plan9', 'mips'), { recursive: true });
    fs.mkdirSync(path.join(dir, 'models'), { recursive: true });
    fs.writeFileSync(path.join(dir, 'models', 'weights.bin'), 'weights');
    fs.writeFileSync(path.join(native, 'package.json'), '{"name":"fake-native","main":"i.js"}');
    fs.writeFileSync(path.join(native, 'i.js'), "module.exports = 'native';");
    fs.writeFileSync(path.join(native, 'bin/napi-v6/plan9/mips/b.node'), 'other machine');
    fs.writeFileSync(
      path.join(native, 'bin/napi-v6', process.platform, process.arch, 'b.node'),
      'this machine',
    );
    const omni = { entries: { lane: 'src/lane.ts' }, copy: ['models'], native: ['fake-native'] };
    fs.writeFileSync(path.join(dir, 'package.json'), JSON.stringify({ name: 'packed', omni }));
    writeSource(folders.sourcesDir, 'packed', PACKED_SERVICE);
    fs.writeFileSync(path.join(dir, 'src', 'lane.ts'), 'export const lane = 1;\n');
    await build(harness, 'packed');
    // Edited in place, as people do: the artifact stays as it was built.
    fs.writeFileSync(path.join(dir, 'models', 'weights.bin'), 'edited!');
    fs.rmSync(dir, { recursive: true });
    const service = await create(harness, 'packed', { containers: [{ image: 'local/packed' }] });
    expect(await ask(service.uri)).toEqual({
      native: 'native',
      files: ['lane.mjs', 'models', 'node_modules', 'server.mjs'],
      weights: 'weights',
      machines: [process.platform],
    });
  });
});

describe('the inputs of a build', { timeout: 60_000 }, () => {
  it('hold the version of every native package', async () => {
    const dir = path.join(folders.sourcesDir, 'pinned');
    const native = path.join(dir, 'node_modules', 'fake-pinned');
    fs.mkdirSync(native, { recursive: true });
    const write = (version: string): void => {
      const file = path.join(native, 'package.json');
      fs.rmSync(file, { force: true });
      fs.writeFileSync(file, JSON.stringify({ name: 'fake-pinned', version }));
    };
    write('1.0.0');
    const omni = { native: ['fake-pinned'] };
    fs.writeFileSync(path.join(dir, 'package.json'), JSON.stringify({ name: 'pinned', omni }));
    writeSource(folders.sourcesDir, 'pinned', "console.log('pinned');");
    const first = readStruct((await build(harness, 'pinned')).response?.value);
    expect(readStruct((await build(harness, 'pinned')).response?.value)['cached']).toBe(true);
    write('2.0.0');
    const second = readStruct((await build(harness, 'pinned')).response?.value);
    expect(second['cached']).toBe(false);
    expect(second['digest']).not.toBe(first['digest']);
  });
});

const PACKED_SERVICE = `
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import native from 'fake-native';
const here = import.meta.dirname;
http
  .createServer((_request, response) => {
    response.end(
      JSON.stringify({
        native,
        files: fs.readdirSync(here).sort(),
        weights: fs.readFileSync(path.join(here, 'models', 'weights.bin'), 'utf8'),
        machines: fs.readdirSync(path.join(here, 'node_modules/fake-native/bin/napi-v6')),
      }),
    );
  })
  .listen(Number(process.env['PORT']), '127.0.0.1');
`;
