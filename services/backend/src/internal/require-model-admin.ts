import { PRINCIPAL_HEADER } from '@omni/contracts/headers.ts';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { Config } from '../config.ts';
import { HttpError } from '../routes/http-error.ts';
import { verifyWithAny } from './require-principal.ts';

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * Who may load and unload models. Behind the gateway: the keys named in MODEL_ADMIN_KEYS. Otherwise
 * only a service that listens on loopback alone, and there no web page of another origin.
 */
export function createModelAdminGuard(config: Config): onRequestHookHandler {
  const allowed = config.internal ? isAdminKey(config) : isLocal(config);
  return (request, _reply, done) => {
    done(allowed(request) ? undefined : refusal(config.internal));
  };
}

type Rule = (request: FastifyRequest) => boolean;

function isAdminKey({ principalSecrets, modelAdminKeys }: Config): Rule {
  return ({ headers }) => {
    const header = headers[PRINCIPAL_HEADER];
    const given = typeof header === 'string' ? header : undefined;
    const principal = verifyWithAny(given, principalSecrets, Date.now());
    return principal !== null && modelAdminKeys.includes(principal.keyId);
  };
}

function isLocal({ host }: Config): Rule {
  if (!LOOPBACK.has(host)) return () => false;
  return ({ headers, hostname, host: authority }) => {
    // A name that an attacker's DNS leads here is not loopback by name.
    if (!LOOPBACK.has(hostname.replace(/^\[|\]$/g, ''))) return false;
    return headers.origin === undefined || headers.origin === `http://${authority}`;
  };
}

function refusal(internal: boolean): HttpError {
  return new HttpError(403, {
    code: 'model_admin_required',
    title: internal
      ? 'This key may not load or unload models: MODEL_ADMIN_KEYS names those that may'
      : 'Models are loaded and unloaded from this machine only, or through the gateway',
  });
}
