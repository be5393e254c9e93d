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
    const { body } = await test.service.metrics.render();
    expect(new Set(body.match(/model_version="[^"]+"/g))).toEqual(new Set(['model_version="9"']));
  });

  it('takes another file of the same version, too', async () => {
    await open();
    await folder.remove('scale', 1);
    await folder.add('scale', 1, scaleGraph(7));
    await test.service.loader.load('scale');
    expect(await ask()).toEqual({ version: '1', factor: 7 });
  });
});

describe('a newest version that cannot serve at the start', () => {
  it.each([
    ['whose file is damaged', /config\.json says/],
    ['whose known run gives something else', /self-check failed: output "y" gives 3 instead of 4/],
  ])('%s is replaced by the older one, and health says why', async (how, reason) => {
    if (how.includes('damaged')) await folder.addBroken('scale', 2);
    else await folder.addWith(['scale', 2], scaleGraph(3), checkOf(4));
    await folder.remove('scale', 1);
    await folder.addWith(['scale', 1], scaleGraph(7), checkOf(7));
    await open();
    expect(await ask()).toEqual({ version: '1', factor: 7 });
    expect(await states()).toEqual(['scale/2 UNAVAILABLE', 'scale/1 READY']);
    expect(test.service.parts().ai).toMatchObject({
      state: 'degraded',
      reason: expect.stringMatching(reason) as string,
    });
    // Mended and loaded by the operator, it takes over.
    await folder.remove('scale', 2);
    await folder.addWith(['scale', 2], scaleGraph(3), checkOf(3));
    await test.service.loader.load('scale');
    expect(await ask()).toEqual({ version: '2', factor: 3 });
    expect(test.service.parts().ai.state).toBe('ok');
  });
});

/** A run of the graph that scales, whose answer is known. */
function checkOf(y: number): object {
  return {
    selfCheck: { inputs: [{ name: 'x', shape: [1], data: [1] }], outputs: { y: [y] } },
  };
}

describe('traffic rules', () => {
  const put = async (shares: object | null, shadow: string | null = null): Promise<number> => {
    const answer = await test.app.inject({
      method: 'PUT',
      url: '/api/v1/ai/models/scale/traffic',
      headers: { host: '127.0.0.1' },
      payload: { shares, shadow },
    });
    return answer.statusCode;
  };

  it('are changed while serving, under the same checks as those of the environment', async () => {
    await folder.add('scale', 2, scaleGraph(2));
    await open({ MODEL_VERSIONS: 'all', MODEL_TRAFFIC: 'scale=1:100' });
    const shareOf = (): Set<string | undefined> => {
      const keys = Array.from({ length: 40 }, (_, i) => `client-${i}`);
      const { catalog } = test.service;
      return new Set(keys.map((key) => catalog.share('scale', key)?.model.version));
    };
    expect(shareOf()).toEqual(new Set(['1']));
    const half = [1, 2].map((version) => ({ version: String(version), percent: 50 }));
    expect(await put(half, '2')).toBe(200);
    expect(shareOf()).toEqual(new Set(['1', '2']));
    for (const wrong of [half.slice(1), [...half.slice(1), ...half.slice(1)], []]) {
      expect(await put(wrong)).toBe(400);
    }
    expect(await put([{ version: '3', percent: 100 }])).toBe(400);
    expect(await put(half, '3')).toBe(400);
    expect(test.service.traffic.of('scale')).toEqual({ shares: half, shadow: '2' });
    expect(await put(null)).toBe(200);
    expect(shareOf()).toEqual(new Set(['2']));
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
