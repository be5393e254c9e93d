import type { OperationResult } from '../../../shared/domain/operation.ts';
import type { Service } from '../../../shared/domain/revision.ts';
import { STACK_DEFAULTS } from '../../../shared/domain/stack.ts';
import { isStackService } from '../../../shared/domain/stack.ts';
import type { WantedTraffic } from '../../ports/deployment-provider.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import type { OperationRun } from '../operations/operation-run.ts';
import { shiftOnce } from './shift-once.ts';
import { verifyServing, WANTED_ANSWERS } from './verify-serving.ts';

export interface TrafficMove {
  readonly service: string;
  /** The revision that has to answer everything afterwards. */
  readonly revision: string;
  /** Revisions that answer some of it too: of a split. */
  readonly besides?: readonly string[];
  readonly previous: string | null;
  readonly wanted: WantedTraffic;
}

/** The last two stages of every operation: traffic moves, then the public address proves it. */
export async function moveTraffic(
  core: Core,
  run: OperationRun,
  move: TrafficMove,
): Promise<OperationResult> {
  await run.stage('traffic', async () => {
    run.commit();
    run.detail(`${isSplit(move) ? 'Traffic' : 'All traffic'} to ${wordsOf(move)}`);
    const outcome = await shiftOnce(core, run, move);
    if (outcome.state === 'failed') throw notMoved(move, outcome.reason);
  });
  return verifyMove(core, run, move);
}

/** The last stage alone; also how an operation that an earlier process left is brought to its end. */
export async function verifyMove(
  core: Core,
  run: OperationRun,
  move: Pick<TrafficMove, 'service' | 'revision' | 'besides' | 'previous'>,
): Promise<OperationResult> {
  const outcome = await run.stage('verify', async () => {
    const service = await run.session.provider.getService(move.service);
    return verifyServing(core.ports, {
      url: verifyUrl(service),
      restricted: !service.public,
      revisions: [move.revision, ...(move.besides ?? [])],
      signal: run.signal,
      onProgress: (inARow) =>
        run.detail(`${String(inARow)} of ${String(WANTED_ANSWERS)} answers carry ${wordsOf(move)}`),
    });
  });
  const elapsedMs = core.ports.clock.now() - run.confirmedAt;
  const result = { revision: move.revision, previousRevision: move.previous, elapsedMs };
  if (outcome === 'verified') {
    return { ...result, verifiedAnswers: WANTED_ANSWERS, wantedAnswers: WANTED_ANSWERS };
  }
  run.skip('verify', 'The address is closed, to the console too');
  run.log(`Who may call ${move.service} is restricted: that it serves is the platform’s word.`);
  return { ...result, verifiedAnswers: 0, wantedAnswers: 0, closed: true };
}

function isSplit({ besides = [] }: Pick<TrafficMove, 'besides'>): boolean {
  return besides.length > 0;
}

/** Which revisions may answer afterwards. */
function wordsOf({ revision, besides = [] }: Pick<TrafficMove, 'revision' | 'besides'>): string {
  return [revision, ...besides].join(' or ');
}

/** Where a service answers without a key and names its revision. */
function verifyUrl(service: Service): string {
  const path = isStackService(service.id) ? STACK_DEFAULTS[service.id].verifyPath : '/';
  return new URL(path, service.uri).href;
}

function notMoved(move: TrafficMove, reason: string): DomainError {
  return new DomainError({
    code: 'REVISION_NOT_READY',
    message: `Traffic did not move to ${move.revision}: ${reason}`,
    nextStep: 'Look at the revision and its logs; the split shown is what really serves.',
  });
}
