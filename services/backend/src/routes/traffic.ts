import { problem, PROBLEM_CONTENT_TYPE } from '@omni/contracts/problem.ts';
import type { RouteDoc } from '@omni/kit/api-docs/route-doc.ts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { badRequest, readBody } from '../ai/read-body.ts';
import type { Config } from '../config.ts';
import { createModelAdminGuard } from '../internal/require-model-admin.ts';
import { TrafficError } from '../inference/live-traffic.ts';
import type { Service } from '../service.ts';
import { HttpError } from './http-error.ts';

const version = z.string().regex(/^[1-9]\d*$/, { error: 'must be a version number' });
const traffic = z.object({
  shares: z
    .array(z.object({ version, percent: z.int().min(0).max(100) }))
    .min(1)
    .max(20)
    .nullable()
    .meta({ description: 'Percents of the unversioned requests; null: all to the newest ready' }),
  shadow: version.nullable().meta({ description: 'Version that gets copies of the requests' }),
});
const answer = traffic.extend({ model: z.string(), served: z.array(z.string()) });

const MODEL = 'all-minilm-l6-v2';
const PATH = '/api/v1/ai/models/:model/traffic';
const refusal = (description: string): RouteDoc['responses'][number] => {
  return { description, schema: problem, contentType: PROBLEM_CONTENT_TYPE };
};
const notFound = refusal('No such model');

const readDoc: RouteDoc = {
  tag: 'Model repository',
  summary: 'How requests are shared between versions',
  responses: { 200: { description: 'The rules', schema: answer }, 404: notFound },
  examples: [
    { name: 'The shipped model', params: { model: MODEL }, status: 200 },
    { name: 'Unknown model', params: { model: 'nobody' }, status: 404 },
  ],
};
const setDoc: RouteDoc = {
  tag: 'Model repository',
  summary: 'Share requests between versions, or copy them to one',
  description:
    'Takes effect with the next request and holds until this instance ends; MODEL_TRAFFIC and MODEL_SHADOW say what holds from the start. The versions must be served.',
  body: traffic,
  responses: {
    200: { description: 'The rules from now on', schema: answer },
    400: badRequest,
    403: refusal('The caller may not change models'),
    404: notFound,
  },
  examples: [
    {
      name: 'All to version 1',
      params: { model: MODEL },
      body: { shares: [{ version: '1', percent: 100 }], shadow: null },
      status: 200,
    },
    {
      name: 'Not 100 together',
      params: { model: MODEL },
      body: { shares: [{ version: '1', percent: 90 }], shadow: null },
      status: 400,
    },
  ],
};

interface Params {
  readonly model: string;
}

/** `GET` and `PUT /api/v1/ai/models/:model/traffic`. */
export function addTrafficRoutes(
  app: FastifyInstance,
  { catalog, traffic: rules, log }: Pick<Service, 'catalog' | 'traffic' | 'log'>,
  config: Config,
): void {
  const servedOf = (model: string): string[] => {
    const served = catalog.versionsOf(model).map((one) => one.model.version);
    if (served.length > 0) return served;
    throw new HttpError(404, { code: 'model_not_found', title: 'There is no such model' });
  };
  const toAnswer = (model: string): z.infer<typeof answer> => {
    const { shares, shadow } = rules.of(model);
    return { model, served: servedOf(model), shares: shares && [...shares], shadow };
  };
  app.get<{ Params: Params }>(PATH, { config: { doc: readDoc } }, ({ params }) =>
    toAnswer(params.model),
  );
  app.put<{ Params: Params }>(
    PATH,
    { onRequest: createModelAdminGuard(config), config: { doc: setDoc } },
    ({ params: { model }, body }): z.infer<typeof answer> => {
      const wanted = readBody(traffic, body);
      try {
        rules.set(model, wanted, servedOf(model));
      } catch (error) {
        if (!(error instanceof TrafficError)) throw error;
        const title = 'The rule cannot be set';
        throw new HttpError(400, { code: 'invalid_request', title, detail: error.message });
      }
      log.info('Traffic set', { model, reason: JSON.stringify(wanted) });
      return toAnswer(model);
    },
  );
}
