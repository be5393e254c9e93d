import type { FastifyInstance, FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { ServedVersion } from '../inference/served-version.ts';
import { toShape } from '../oip/check-request.ts';
import { interfaceOf } from '../oip/infer-on.ts';
import type { Service } from '../service.ts';
import { VERSION } from '../version.ts';
import {
  liveDoc,
  metadataDoc,
  modelReadyDoc,
  readyDoc,
  serverDoc,
  statsDoc,
  versioned,
} from './oip-docs.ts';
import { OipError } from './oip-error.ts';
import type { modelMetadata, modelStats } from './oip-schema.ts';

const EXTENSIONS = ['binary_tensor_data', 'model_repository', 'statistics'];
/** Each model route answers with and without a version. */
export const MODEL_PATHS = ['/v2/models/:model', '/v2/models/:model/versions/:version'] as const;

export interface ModelParams {
  readonly model: string;
  readonly version?: string;
}

/** Server and model metadata, health and statistics of the Open Inference Protocol. */
export function addOipMetadataRoutes(app: FastifyInstance, service: Service): void {
  const { catalog } = service;
  app.get('/v2', { config: { doc: serverDoc } }, () => {
    return { name: 'omni-backend', version: VERSION, extensions: EXTENSIONS };
  });
  app.get('/v2/health/live', { config: { access: 'open', doc: liveDoc } }, () => ({ live: true }));
  app.get('/v2/health/ready', { config: { access: 'open', doc: readyDoc } }, (_request, reply) => {
    const served = catalog.served();
    const ready = !service.isStopping() && served.length > 0 && served.every((one) => one.ready);
    reply.code(ready ? 200 : 503);
    return { live: true, ready };
  });
  for (const path of MODEL_PATHS) {
    app.get<{ Params: ModelParams }>(
      path,
      { config: { doc: versioned(metadataDoc, path) } },
      ({ params }) => toMetadata(service, requireModel(service, params)),
    );
    app.get<{ Params: ModelParams }>(
      `${path}/ready`,
      { config: { doc: versioned(modelReadyDoc, path) } },
      ({ params }, reply: FastifyReply) => {
        const { ready } = requireModel(service, params);
        reply.code(ready ? 200 : 503);
        return { name: params.model, ready };
      },
    );
    app.get<{ Params: ModelParams }>(
      `${path}/stats`,
      { config: { doc: versioned(statsDoc, path) } },
      ({ params }) => {
        const one = requireModel(service, params);
        const all = params.version === undefined ? catalog.versionsOf(params.model) : [one];
        return { model_stats: all.map(toStats) };
      },
    );
  }
}

/** The version that answers for a path, or 404; a sticky key is shared out by the traffic rule. */
export function requireModel(
  { catalog }: Service,
  { model, version }: ModelParams,
  stickyKey?: string,
): ServedVersion {
  const served =
    version === undefined && stickyKey !== undefined
      ? catalog.share(model, stickyKey)
      : catalog.resolve(model, version);
  if (served !== undefined) return served;
  const what = version === undefined ? '' : ' or no such version';
  throw new OipError(404, `there is no such model${what}, or it is not loaded`);
}

function toMetadata(
  { catalog }: Service,
  { model, runtime }: ServedVersion,
): z.infer<typeof modelMetadata> {
  const { inputs, outputs } = interfaceOf(runtime);
  const describe = ({ name, datatype, dims }: (typeof inputs)[number]) => {
    return { name, datatype, shape: toShape(dims) };
  };
  const { licence, source, quality, sha256 } = model.config;
  return {
    name: model.name,
    versions: catalog.versionsOf(model.name).map((one) => one.model.version),
    platform: 'onnx_onnxv1',
    inputs: inputs.map(describe),
    outputs: outputs.map(describe),
    properties: {
      version: model.version,
      sha256: sha256['model.onnx'],
      licence,
      source,
      ...(quality === undefined ? {} : { quality }),
    },
  };
}

function toStats({
  model,
  statistics,
}: ServedVersion): z.infer<typeof modelStats>['model_stats'][number] {
  const { success, fail, queue, preprocess, infer, ...counts } = statistics.snapshot;
  return {
    name: model.name,
    version: model.version,
    last_inference: counts.lastInference,
    inference_count: counts.inferenceCount,
    execution_count: counts.executionCount,
    inference_stats: { success, fail, queue, compute_input: preprocess, compute_infer: infer },
  };
}
