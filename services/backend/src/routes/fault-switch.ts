import type { onRequestHookHandler } from 'fastify';
import { HttpError } from './http-error.ts';

/**
 * Fails a fixed share of the requests on purpose (`FAULT_ERROR_PERCENT`), evenly and not at random:
 * a revision with it rehearses what a canary, an alert and a rollback do about errors. Open routes
 * (health, metrics) stay well, so that the platform keeps the instance.
 */
export function createFaultSwitch(percent: number): onRequestHookHandler {
  let due = 0;
  return (request, _reply, done) => {
    if (request.routeOptions.config.access !== 'open') due += percent;
    if (due < 100) {
      done();
      return;
    }
    due -= 100;
    done(new HttpError(500, { code: 'injected_fault', title: 'An error that was asked for' }));
  };
}
