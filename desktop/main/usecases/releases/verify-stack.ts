import type { OperationResult } from '../../../shared/domain/operation.ts';
import { isProven } from '../../../shared/domain/operation.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { verifyMove } from '../deployments/move-traffic.ts';
import type { OperationRun } from '../operations/operation-run.ts';
import { PartRun } from './part-run.ts';
import { servingPair } from './serving-pair.ts';

/** The backend has to answer through the gateway so many times in a row. */
const THROUGH = 5;
const TIMEOUT_MS = 5_000;

/** The gateway's public address names the revision that serves, and the backend answers behind it. */
export async function verifyStack(core: Core, run: OperationRun): Promise<OperationResult> {
  const pair = await servingPair(run.session.provider);
  const gateway = pair.find(({ service }) => service === 'gateway')?.revision ?? '';
  const previous = run.notes.release?.previous.find(({ service }) => service === 'gateway');
  const part = new PartRun(run, 'gateway');
  const result = await verifyMove(core, part, {
    service: 'gateway',
    revision: gateway,
    previous: previous?.revision ?? null,
  });
  // Closed to everybody without an identity, the console too: nothing can be asked through it.
  if (isProven(result)) await answersThroughGateway(core, run);
  return result;
}

/** Answered to the gateway's signature only; health is open to everybody. */
const SIGNED = '/v1/models';
const PATHS = ['/api/health', SIGNED] as const;

/**
 * Asks the backend through the gateway, with the stack's own key. A backend that is well but doesn't
 * accept this gateway's signature would refuse every client.
 */
export async function answersThroughGateway(core: Core, run: OperationRun): Promise<void> {
  const { uri } = await run.session.provider.getService('gateway');
  const key = await run.session.secrets.sampleTrafficKey();
  for (let asked = 1; asked <= THROUGH; asked += 1) {
    for (const path of PATHS) {
      const answer = await core.ports.probe.request({
        method: 'GET',
        url: new URL(path, uri).href,
        headers: { 'x-api-key': key },
        timeoutMs: TIMEOUT_MS,
      });
      if (answer.status === null || answer.status >= 400) throw notThrough(path, answer);
    }
    run.detail(`${String(asked)} of ${String(THROUGH)} answers of the backend through the gateway`);
  }
}

function notThrough(
  path: string,
  answer: { readonly status: number | null; readonly error: string | null },
): DomainError {
  const refused = path === SIGNED && (answer.status === 401 || answer.status === 403);
  const what = answer.status === null ? (answer.error ?? 'no answer') : String(answer.status);
  return new DomainError({
    code: 'VERIFICATION_FAILED',
    message: `The backend did not answer ${path} through the gateway: ${what}.`,
    nextStep: refused
      ? 'Give both services the same PRINCIPAL_SECRET: the backend refused the gateway’s signature.'
      : 'Look at the backend, and at the address that the gateway calls.',
  });
}
