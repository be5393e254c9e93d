import { isProven } from '../../../shared/domain/operation.ts';
import type { ReleasePart } from '../../../shared/domain/release.ts';
import { allTrafficTo } from '../../../shared/domain/traffic.ts';
import type { WantedTraffic } from '../../ports/deployment-provider.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { verifyMove } from '../deployments/move-traffic.ts';
import type { OperationRun } from '../operations/operation-run.ts';
import { PartRun } from './part-run.ts';

/** Moves the parts in the given order; the next one only when the one before answered. */
export async function movePair(
  core: Core,
  run: OperationRun,
  parts: readonly ReleasePart[],
): Promise<void> {
  for (const part of parts) await movePart(core, run, part);
}

/**
 * Puts every part back, the last one first, and goes on when one can't be: the rest of the stack has
 * to come home all the same. Throws what went wrong at the end.
 */
export async function restorePair(
  core: Core,
  run: OperationRun,
  parts: readonly ReleasePart[],
): Promise<void> {
  const failures: string[] = [];
  for (const part of parts.toReversed()) {
    try {
      await movePart(core, run, part);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (failures.length > 0) throw notRestored(failures);
}

async function movePart(core: Core, whole: OperationRun, part: ReleasePart): Promise<void> {
  const { service: id, revision } = part;
  if (revision === null) return;
  const { provider } = whole.session;
  const run = new PartRun(whole, id);
  const service = await provider.getService(id);
  const wanted: WantedTraffic =
    service.latestReadyRevision === revision
      ? { kind: 'latest' }
      : { kind: 'split', shares: allTrafficTo(revision, service.traffic.shares) };
  run.detail(`all traffic to ${revision}`);
  const remote = await provider.setTraffic(id, wanted);
  const outcome = await provider.waitFor(remote, run.signal);
  if (outcome.state === 'failed') throw notMoved(revision, outcome.reason);
  const result = await verifyMove(core, run, { service: id, revision, previous: null });
  if (isProven(result)) run.log(`${revision} answers`);
}

function notMoved(revision: string, reason: string): DomainError {
  return new DomainError({
    code: 'REVISION_NOT_READY',
    message: `Traffic did not move to ${revision}: ${reason}`,
    nextStep: 'Look at the revision and its logs.',
  });
}

function notRestored(failures: readonly string[]): DomainError {
  return new DomainError({
    code: 'VERIFICATION_FAILED',
    message: `The pair before could not be restored as a whole: ${failures.join('; ')}`,
    nextStep: 'Look at both services and roll them back one by one.',
  });
}
