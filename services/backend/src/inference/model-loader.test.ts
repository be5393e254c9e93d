import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scaleGraph } from '../onnx/tiny-graphs.ts';
import type { ModelFolder } from '../testing/model-folder.ts';
import { createModelFolder } from '../testing/model-folder.ts';
import type { TestService } from '../testing/test-service.ts';
import { createTestService, whenReady } from '../testing/test-service.ts';
import { isAlive, until } from '../testing/until.ts';
import { TensorModel } from './tensor-model.ts';

// Real processes on a machine that may be busy: a deadline, not an expectation.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let folder: ModelFolder;
let test: TestService;

async function open(env: Readonly<Record<string, string>> = {}): Promise<void> {
  test = await createTestService({ MODELS_DIR: folder.dir, ...env });
  await whenReady(test);
}

beforeEach(async () => {
  folder = await createModelFolder();
  await folder.add('scale', 1, scaleGraph(1));
});
afterEach(async () => {
  await test.close();
  await folder.close();
});

/** Asks as a route does, and tells which version answered and what. */
async function ask(version?: string): Promise<{ version: string; factor: number }> {
  const served = test.service.catalog.resolve('scale', version);
  if (!(served?.runtime instanceof TensorModel)) throw new Error('no such version');
  const { runtime } = served;
  const inputs = [{ name: 'x', datatype: 'FP32' as const, shape: [1], data: Float32Array.of(1) }];
  const { outputs } = await served.run(() =>
    runtime.infer({ inputs, outputs: ['y'], timeoutMs: 40_000 }),
  );
  return { version: served.model.version, factor: Number((outputs[0]?.data as Float32Array)[0]) };
}

async function states(): Promise<string[]> {
  const entries = await test.service.loader.index();
  return entries.map(({ name, version, state }) => `${name}/${version} ${state}`);
}

describe('version policies', () => {
  it('serve the newest by default, and each version that a policy names', async () => {
    await folder.add('scale', 2, scaleGraph(2));
    await folder.add('scale', 10, scaleGraph(10));
    await open({ MODEL_VERSIONS: 'latest:2; other=all' });
    expect(await ask()).toEqual({ version: '10', factor: 10 });
    expect(await ask('2')).toEqual({ version: '2', factor: 2 });
    await expect(ask('1')).rejects.toThrow('no such version');
    expect(await states()).toEqual(['scale/10 READY', 'scale/2 READY', 'scale/1 UNAVAILABLE']);
  });
});

describe('a traffic rule', () => {
  it('shares requests out, keeps a key on its version, and passes over what is not ready', async () => {
    await folder.add('scale', 2, scaleGraph(2));
    await open({ MODEL_VERSIONS: 'all', MODEL_TRAFFIC: 'scale=1:50,2:50' });
    const infer = async (sticky: string, path = ''): Promise<string> => {
      const answer = await test.app.inject({
        method: 'POST',
        url: `/v2/models/scale${path}/infer`,
        headers: { 'x-omni-sticky': sticky },
        payload: { inputs: [{ name: 'x', shape: [1], datatype: 'FP32', data: [1] }] },
      });
      expect(answer.statusCode).toBe(200);
      return answer.json<{ model_version: string }>().model_version;
    };
    const keys = Array.from({ length: 20 }, (_, i) => `client-${i}`);
    const first = await Promise.all(keys.map((key) => infer(key)));
    expect(new Set(first)).toEqual(new Set(['1', '2']));
    expect(await Promise.all(keys.map((key) => infer(key)))).toEqual(first);
    expect(await infer(keys[first.indexOf('1')] ?? '', '/versions/2')).toBe('2');
    const [one] = test.service.catalog
      .versionsOf('scale')
      .filter(({ model }) => model.version === '1');
    await one?.stop();
    expect(new Set(await Promise.all(keys.map((key) => infer(key))))).toEqual(new Set(['2']));
  });
});

describe('a swap under constant load', () => {
  it('fails no request, and each answer comes from exactly one version', async () => {
    await open();
    const swaps = 8;
    let swapping = true;
    const seen = new Set<string>();
    const client = async (): Promise<number> => {
      let answered = 0;
      while (swapping) {
        const { version, factor } = await ask();
        expect(String(factor)).toBe(version);
        seen.add(version);
        answered += 1;
      }
      return answered;
    };
    const clients = Promise.all(Array.from({ length: 8 }, client));
    for (let version = 2; version <= swaps + 1; version += 1) {
      await folder.add('scale', version, scaleGraph(version));
      await test.service.loader.load('scale');
      expect((await ask()).version).toBe(String(version));
      await folder.remove('scale', version - 1);
    }
    swapping = false;
    const answered = (await clients).reduce((sum, count) => sum + count, 0);
    expect(answered).toBeGreaterThan(swaps);
    expect(seen.size).toBe(swaps + 1);
    const [lane] = test.service.catalog.served().flatMap(({ runtime }) => runtime.pids);
    await until('one lane is left', async () => (await states()).length === 1 || undefined);
    expect(isAlive(lane ?? 0)).toBe(true);
    expect(await test.service.metrics.render()).toMatchObject({
      body: expect.stringMatching(/ml_model_ready\{model="scale",model_version="1"\} 0/) as string,
    });
  });

  it('takes another file of the same version, too', async () => {
    await open();
    await folder.remove('scale', 1);
    await folder.add('scale', 1, scaleGraph(7));
    await test.service.loader.load('scale');
    expect(await ask()).toEqual({ version: '1', factor: 7 });
  });
});

describe('a load that fails', () => {
  it('keeps the old version serving and says why', async () => {
    await open();
    await folder.addBroken('scale', 2);
    await expect(test.service.loader.load('scale')).rejects.toThrow(/scale\/2 .* sha256/);
    expect(await ask()).toEqual({ version: '1', factor: 1 });
    const [broken, old] = await test.service.loader.index();
    expect(old).toMatchObject({ version: '1', state: 'READY' });
    expect(broken).toMatchObject({
      version: '2',
      state: 'UNAVAILABLE',
      reason: expect.stringContaining('config.json says') as string,
    });
    expect((await test.app.inject('/health/ready')).statusCode).toBe(200);
    expect(test.service.parts().ai).toMatchObject({ state: 'degraded' });
  });

  it('refuses what leads out of the repository and keeps serving', async () => {
    await open();
    const dir = join(folder.dir, 'scale', '3');
    await mkdir(dir);
    await writeFile(join(dir, 'model.onnx'), '');
    await symlink(join(folder.dir, 'scale', '1', 'config.json'), join(dir, 'config.json'));
    await test.service.loader.load('scale');
    expect(await ask()).toEqual({ version: '1', factor: 1 });
    expect((await test.service.loader.index())[0]).toMatchObject({
      version: '3',
      reason: 'config.json is not a plain file',
    });
    for (const name of ['../models/scale', '..', 'scale/1', 'none']) {
      await expect(test.service.loader.load(name)).rejects.toMatchObject({ kind: 'unknown' });
    }
    await rm(dir, { recursive: true });
  });
});

describe('an unload', () => {
  it('answers what is on the version, refuses what comes later, and can be undone', async () => {
    await open();
    const held = Array.from({ length: 20 }, () => ask());
    await test.service.loader.unload('scale');
    await expect(ask()).rejects.toThrow('no such version');
    expect((await Promise.all(held)).every(({ factor }) => factor === 1)).toBe(true);
    await until('unloaded', async () => {
      return (await states())[0] === 'scale/1 UNAVAILABLE' ? true : undefined;
    });
    await expect(test.service.loader.unload('scale')).rejects.toMatchObject({ kind: 'unknown' });
    await test.service.loader.load('scale');
    expect(await ask()).toEqual({ version: '1', factor: 1 });
  });
});
