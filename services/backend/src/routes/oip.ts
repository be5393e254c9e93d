import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import type { Config } from '../config.ts';
import type { Service } from '../service.ts';
import { addOipInferRoutes } from './oip-infer.ts';
import { answerOipErrors } from './oip-error.ts';
import { addOipMetadataRoutes } from './oip-metadata.ts';
import { addRepositoryRoutes } from './repository.ts';

/** `/v2/*`: the Open Inference Protocol, with its own error shape and with bodies as raw bytes. */
export function addOipRoutes(app: FastifyInstance, service: Service, config: Config): void {
  const routes: FastifyPluginCallback = (scope, _options, done) => {
    answerOipErrors(scope, service.log);
    // Clients of the protocol name many types or none; what the bytes are stands in the headers.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, ready) => {
      ready(null, body);
    });
    addOipMetadataRoutes(scope, service);
    addOipInferRoutes(scope, service);
    addRepositoryRoutes(scope, service, config);
    done();
  };
  app.register(routes);
}
