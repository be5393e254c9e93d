import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scaleGraph, slowGraph } from '../onnx/tiny-graphs.ts';
import type { ModelFolder } from '../testing/model-folder.ts';
import { createModelFolder } from '../testing/model-folder.ts';
import type { TestService } from '../testing/test-service.ts';
import { createTestService, whenReady } from '../testing/test-service.ts';
import { until } from '../testing/until.ts';
import { parseShadows } from './shadow.ts';

// Real processes on a machine that may be busy: a deadline, not an expectation.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: ModelFolder;
let test: TestService;
async function open(name: string): Promise<void> {
  test = await createTestService({
    MODELS_DIR: folder.dir,
    MODEL_VERSIONS: 'all',
    MODEL_TRAFFIC: `${name}=1:100`,
    MODEL_SHADOW: `${name}=2`,
  });
  await whenReady(test);
}

async function infer(name: string, input: object): Promise<unknown> {
  const answer = await test.app.inject({
    method: 'POST',
    url: `/v2/models/${name}/infer`,
    payload: { inputs: [input] },
  });
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

/** How many copies ended in that way. */
async function copies(result: string): Promise<number> {
  const { body } = await test.service.metrics.render();
  const line = new RegExp(`ml_shadow_requests_total\\{[^}]*result="${result}"\\} (\\d+)`);
  return Number(line.exec(body)?.[1] ?? 0);
}

describe('a shadow version', () => {
  beforeEach(async () => {
    folder = await createModelFolder();
  });
  afterEach(async () => {
    await test.close();
    await folder.close();
  });

  it('is compared with the version that answers, which nobody sees', async () => {
    await folder.add('scale', 1, scaleGraph(1));
    await folder.add('scale', 2, scaleGraph(-3));
    await open('scale');
    const x = { name: 'x', shape: [2], datatype: 'FP32', data: [1, 2] };
    expect(await infer('scale', x)).toMatchObject({
      model_version: '1',
      outputs: [{ data: [1, 2] }],
    });
    await until('compared', async () => ((await copies('compared')) === 1 ? true : undefined));
    const { body } = await test.service.metrics.render();
    expect(body).toMatch(/ml_shadow_cosine_sum\{model="scale",model_version="2"\} -(1|0\.99)/);
    expect(body).toMatch(/ml_shadow_latency_ratio_count\{[^}]*\} 1/);
  });

  it('is dropped while another copy runs', async () => {
    await folder.add('slow', 1, slowGraph());
    await folder.add('slow', 2, slowGraph());
    await open('slow');
    const size = (side: number): object => {
      return { name: 'size', shape: [2], datatype: 'INT64', data: [side, side] };
    };
    await infer('slow', size(900));
    await infer('slow', size(1));
    expect(await copies('dropped')).toBe(1);
    await until('compared', async () => ((await copies('compared')) === 1 ? true : undefined));
  });
});

describe('a shadow version that hangs', () => {
  it('delays nobody, and nobody else is copied to it meanwhile', async () => {
    folder = await createModelFolder();
    await folder.add('scale', 1, scaleGraph(1));
    await folder.add('scale', 2, scaleGraph(2));
    await open('scale');
    const [lane = 0] = test.service.catalog.resolve('scale', '2')?.runtime.pids ?? [];
    process.kill(lane, 'SIGSTOP');
    try {
      const x = { name: 'x', shape: [1], datatype: 'FP32', data: [1] };
      for (let i = 0; i < 5; i += 1) {
        expect(await infer('scale', x)).toMatchObject({ model_version: '1' });
      }
      expect([await copies('compared'), await copies('dropped')]).toEqual([0, 4]);
    } finally {
      process.kill(lane, 'SIGCONT');
    }
    await until('compared', async () => ((await copies('compared')) === 1 ? true : undefined));
    await test.close();
    await folder.close();
  });
});

describe('the rule', () => {
  it('names versions of models', () => {
    expect(parseShadows('a=2; b=3')?.('b')).toBe('3');
    expect(parseShadows('')?.('b')).toBeUndefined();
    for (const text of ['a', 'a=x', 'a=0']) expect(parseShadows(text)).toBeUndefined();
  });
});
