import type { Case } from './check.ts';
import { assert, ok, pathOf, refused, rule } from './check.ts';
import { json } from './target.ts';

const UNKNOWN = '/v2/models/no-such-model-4711';

/** Health, metadata, statistics and repository. */
export const METADATA_CASES: readonly Case[] = [
  rule({
    name: 'server metadata names server, version and extensions',
    run: async ({ target }) => {
      const body = ok(await target.get('/v2'));
      assert(typeof body['name'] === 'string' && typeof body['version'] === 'string', 'no name');
      assert(Array.isArray(body['extensions']), 'no extensions');
    },
  }),
  rule({
    name: 'live and ready',
    run: async ({ target }) => {
      assert(ok(await target.get('/v2/health/live'))['live'] === true, 'not live');
      const ready = ok(await target.get('/v2/health/ready'));
      assert(ready['ready'] === true || ready['live'] === true, 'not ready');
    },
  }),
  rule({
    name: 'model metadata names model, versions, platform, inputs and outputs',
    run: async ({ target, model }) => {
      const body = ok(await target.get(pathOf(model)));
      assert(body['name'] === model.name, 'another name');
      assert(typeof body['platform'] === 'string', 'no platform');
      for (const { name, datatype, shape } of [...model.inputs, ...model.outputs]) {
        assert(name !== '' && datatype !== '', 'a tensor without name or datatype');
        assert(
          shape.every((size) => Number.isInteger(size) && size >= -1),
          `shape of ${name}`,
        );
      }
    },
  }),
  rule({
    name: 'each version has metadata and is ready',
    run: async ({ target, model }) => {
      assert((model.versions?.length ?? 0) > 0, 'no versions');
      for (const version of model.versions ?? []) {
        const path = `${pathOf(model)}/versions/${version}`;
        assert(ok(await target.get(path))['name'] === model.name, `metadata of ${version}`);
        assert(ok(await target.get(`${path}/ready`))['ready'] === true, `${version} is not ready`);
      }
    },
  }),
  rule({
    name: 'a ready model says so',
    run: async ({ target, model }) => {
      const body = ok(await target.get(`${pathOf(model)}/ready`));
      assert(body['name'] === model.name && body['ready'] === true, JSON.stringify(body));
    },
  }),
  rule({
    name: 'unknown models and versions are 404 with an error body',
    run: async ({ target, model }) => {
      const version = `${pathOf(model)}/versions/987654321`;
      for (const path of [UNKNOWN, `${UNKNOWN}/ready`, version]) {
        refused(await target.get(path), [404]);
      }
      for (const path of [`${UNKNOWN}/infer`, `${version}/infer`]) {
        refused(await target.post(path, { inputs: [] }), [404]);
      }
    },
  }),
  rule({
    name: 'statistics count what was inferred',
    extension: 'statistics',
    run: async ({ target, model }) => {
      const body = ok(await target.get(`${pathOf(model)}/stats`));
      const [first] = body['model_stats'] as Record<string, unknown>[];
      assert(first?.['name'] === model.name, 'no statistics of the model');
      assert(Number(first['inference_count']) >= Number(first['execution_count']), 'counts');
    },
  }),
  rule({
    name: 'the index lists the model as READY, also when filtered',
    extension: 'model_repository',
    run: async ({ target, model }) => {
      for (const body of [{}, { ready: true }]) {
        const answer = await target.post('/v2/repository/index', body);
        assert(answer.status === 200, `status ${answer.status}`);
        const list = json(answer) as unknown as Record<string, unknown>[];
        const found = list.find(({ name }) => name === model.name);
        assert(found?.['state'] === 'READY', `${model.name} is ${String(found?.['state'])}`);
      }
    },
  }),
  rule({
    name: 'a load takes no file and no configuration from the request',
    extension: 'model_repository',
    run: async ({ target, model }) => {
      const path = `/v2/repository/models/${encodeURIComponent(model.name)}/load`;
      for (const parameters of [{ config: '{}' }, { 'file:1/model.onnx': 'AAAA' }]) {
        refused(await target.post(path, { parameters }), [400, 401, 403]);
      }
    },
  }),
];
