import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { handleUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { FaultBook } from '../faults/fault-book.ts';
import { withCallFaults } from '../faults/call-faults.ts';
import { ApiError, GRPC } from '../model/api-error.ts';
import type { SystemLog } from '../system-log.ts';
import { isAuthorized } from './call-token.ts';
import { requirePermission } from './permissions.ts';
import type { Protos } from './protos.ts';
import { toServiceError } from './to-status.ts';

/** A request as proto-loader hands it over; handlers parse what they use. */
export type Request = Readonly<Record<string, unknown>>;
type Handler = (request: Request) => object | Promise<object>;
/** Handlers of one gRPC service by method name. */
export type Handlers = Readonly<Record<string, Handler>>;

export interface GrpcSettings {
  readonly protos: Protos;
  readonly token: string;
  readonly log: SystemLog;
  readonly faults: FaultBook;
  readonly services: Readonly<Record<string, Handlers>>;
}

export interface GrpcEndpoint {
  readonly port: number;
  readonly stop: () => void;
}

/** Serves the handlers on 127.0.0.1 at a random port. Every call must carry the token. */
export async function startGrpc(settings: GrpcSettings): Promise<GrpcEndpoint> {
  const server = new Server();
  for (const [name, handlers] of Object.entries(settings.services)) {
    const implementation: UntypedServiceImplementation = {};
    for (const [method, handler] of Object.entries(handlers))
      implementation[method] = guarded(settings, method, handler);
    server.addService(settings.protos.service(name), implementation);
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    port,
    stop: () => {
      server.forceShutdown();
    },
  };
}

function guarded(
  settings: GrpcSettings,
  method: string,
  handler: Handler,
): handleUnaryCall<Request, object> {
  const { protos, token, log, faults } = settings;
  return (call, callback) => {
    const [header] = call.metadata.get('authorization');
    answer(() => {
      if (!isAuthorized(header?.toString(), token)) throw unauthenticated();
      requirePermission(faults, method, call.request);
      return withCallFaults(faults, method, () => handler(call.request));
    })
      .then((message) => {
        callback(null, message);
      })
      .catch((error: unknown) => {
        if (!(error instanceof ApiError)) log.error('a call failed', { cause: String(error) });
        callback(toServiceError(protos, error));
      });
  };
}

async function answer(make: () => object | Promise<object>): Promise<object> {
  return await make();
}

function unauthenticated(): ApiError {
  return new ApiError(GRPC.unauthenticated, 'The access token is missing or wrong.', {
    reason: 'ACCESS_TOKEN_INVALID',
  });
}
