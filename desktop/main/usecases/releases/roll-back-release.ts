import { z } from 'zod';
import { releasePart } from '../../../shared/contract/release-state.ts';
import type { OperationResult } from '../../../shared/domain/operation.ts';
import type { Release, ReleasePart } from '../../../shared/domain/release.ts';
import { samePair } from '../../../shared/domain/release.ts';
import { STACK_SERVICES } from '../../../shared/domain/stack.ts';
import { DomainError } from '../../ports/domain-error.ts';
import { supersedeCanary } from '../canary/command-canary.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { assertConsent } from '../deployments/allowed.ts';
import type { OperationRun, OperationSteps } from '../operations/operation-run.ts';
import { releasesOf } from './list-releases.ts';
import { movePair, restorePair } from './move-pair.ts';
import { servingPair } from './serving-pair.ts';
import { STACK } from './start-release.ts';
import { verifyStack } from './verify-stack.ts';

export interface ReleaseRollBack {
  readonly id: string;
  /** The release's own pair, or the pair that served before it. */
  readonly to: 'itself' | 'before';
  readonly reason: string;
}

interface PairOrder {
  readonly parts: readonly ReleasePart[];
  readonly reason: string;
}

/**
 * Queues the way back of both services to a pair that was good: traffic only, nothing is rebuilt.
 * Throws RELEASE_NOT_FOUND, CONFLICT, TARGET_READ_ONLY, CANCELLED and OPERATION_QUEUE_FULL.
 */
export async function rollBackRelease(
  core: Core,
  input: ReleaseRollBack,
): Promise<{ operationId: string }> {
  const target = selectedTarget(core);
  const parts = pairOf(releasesOf(core, target.id), input);
  await assertThere(core, parts);
  const words = parts.map(({ revision }) => revision ?? '').join(' and ');
  await assertConsent(core, target, {
    question: `Roll both services back to ${words}?`,
    consequence: 'Traffic only: nothing is rebuilt.',
  });
  for (const service of STACK_SERVICES) {
    await supersedeCanary(core, { target: target.id, service }, 'the stack was rolled back');
  }
  const order: PairOrder = { parts, reason: input.reason };
  const operation = await core.runner.start({
    kind: 'release_roll_back',
    target: target.id,
    service: STACK,
    title: `Roll back the stack to ${words}`,
    order,
    steps: (run) => runRollBackRelease(core, run, order),
  });
  return { operationId: operation.id };
}

function pairOf(releases: readonly Release[], { id, to }: ReleaseRollBack): readonly ReleasePart[] {
  const release = releases.find((candidate) => candidate.id === id);
  if (release === undefined) throw notFound('The console knows no such release.');
  if (to === 'before') return release.previous;
  if (release.state === 'known-good') return release.parts;
  throw notFound('This release was never good: its parts did not answer together.');
}

/** Both revisions have to be there before the first is touched. */
async function assertThere(core: Core, parts: readonly ReleasePart[]): Promise<void> {
  const { provider } = core.ports.session;
  if (samePair(await servingPair(provider), parts)) throw servesAlready();
  for (const { service, revision: name } of parts) {
    const revisions = await provider.listRevisions(service);
    const found = revisions.find((revision) => revision.name === name);
    if (found?.state === 'ready' || found?.state === 'retired') continue;
    throw notFound(`${name ?? service} is not there or never became ready.`);
  }
}

async function runRollBackRelease(
  core: Core,
  run: OperationRun,
  { parts, reason }: PairOrder,
): Promise<OperationResult> {
  if (reason !== '') run.log(`Reason: ${reason}`);
  const before = run.notes.release?.previous ?? (await servingPair(run.session.provider));
  const pair: Release = {
    id: run.id,
    parts,
    previous: before,
    createdAt: run.confirmedAt,
    state: 'candidate',
    reason: null,
  };
  await run.note({ release: pair });
  try {
    await run.stage('traffic', () => {
      run.commit();
      // The gateway first: the one before it was good with the newer backend too, not the reverse.
      return movePair(core, run, parts.toReversed());
    });
    const result = await run.stage('verify', () => verifyStack(core, run));
    await run.note({ release: { ...pair, state: 'known-good' } });
    return result;
  } catch (error) {
    await run.note({ release: { ...pair, state: 'failed', reason: String(error) } });
    await restorePair(core, run, before);
    run.log('Both services are on the pair that served before.');
    throw error;
  }
}

const kept = z.object({ parts: z.array(releasePart), reason: z.string() });

/** Goes on with a rollback of the stack that an earlier process began. */
export function resumeRollBackRelease(core: Core, order: unknown): OperationSteps | null {
  const { data } = kept.safeParse(order);
  return data === undefined ? null : (run) => runRollBackRelease(core, run, data);
}

function notFound(message: string): DomainError {
  const nextStep = 'Read the list of releases again and choose one of them.';
  return new DomainError({ code: 'RELEASE_NOT_FOUND', message, nextStep });
}

function servesAlready(): DomainError {
  return new DomainError({
    code: 'CONFLICT',
    message: 'This pair serves already.',
    nextStep: 'Choose another release.',
  });
}
