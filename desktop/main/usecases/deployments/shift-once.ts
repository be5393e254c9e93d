import type { TrafficShare, TrafficSplit } from '../../../shared/domain/traffic.ts';
import { isAllLatest } from '../../../shared/domain/traffic.ts';
import type { Service } from '../../../shared/domain/revision.ts';
import type {
  RemoteOperation,
  RemoteOutcome,
  WantedTraffic,
} from '../../ports/deployment-provider.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { interrupted } from '../operations/interrupted.ts';
import type { OperationRun } from '../operations/operation-run.ts';

/** How long a shift that an earlier process asked for may go on without its operation. */
const SETTLED_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 200;

export interface Shift {
  readonly service: string;
  readonly revision: string;
  readonly wanted: WantedTraffic;
}

/**
 * Asks for traffic exactly once, also over a crash: what it was before is written down first. The
 * next process sees from it whether the platform was asked (then it waits), was not (then it asks),
 * or was asked for something else by somebody else since (then it keeps its hands off).
 */
export async function shiftOnce(
  core: Core,
  run: OperationRun,
  shift: Shift,
): Promise<RemoteOutcome> {
  const { provider } = run.session;
  const { shift: known, remoteName } = run.progress;
  const { traffic } = await provider.getService(shift.service);
  // An operation may shift more than once: only what is known of this one counts.
  const earlier = known !== null && isSet(wantedSplit(known.wanted), shift.wanted) ? known : null;
  if (earlier !== null && isSet(traffic, shift.wanted)) {
    return remoteName === null
      ? untilSettled(core, run, shift.service)
      : waitFor(core, run, { name: remoteName, service: shift.service });
  }
  if (earlier !== null && !isSame(traffic, earlier.before)) throw changedMeanwhile(shift);
  const { revision, wanted } = shift;
  await run.remember({ revision, shift: { wanted, before: traffic }, remoteName: null });
  const remote =
    earlier === null
      ? await provider.setTraffic(shift.service, wanted)
      : await askAgain(run, shift);
  if (remote === null) return untilSettled(core, run, shift.service);
  await run.follow(remote);
  return provider.waitFor(remote, run.signal);
}

/**
 * Asks for what an earlier process may have asked for without a trace. Its call can still be on its
 * way and arrive between our look and our write, which is then refused: null, what is wanted is set.
 */
async function askAgain(
  run: OperationRun,
  { service, wanted }: Shift,
): Promise<RemoteOperation | null> {
  const { provider } = run.session;
  try {
    return await provider.setTraffic(service, wanted);
  } catch (error) {
    const cameSecond = error instanceof DomainError && error.code === 'CONFLICT';
    if (!cameSecond) throw error;
    const { traffic } = await provider.getService(service);
    if (!isSet(traffic, wanted)) throw error;
    return null;
  }
}

/** The operation of an earlier process; a platform that forgot it still shows what it did. */
async function waitFor(
  core: Core,
  run: OperationRun,
  remote: RemoteOperation,
): Promise<RemoteOutcome> {
  try {
    return await run.session.provider.waitFor(remote, run.signal);
  } catch (error) {
    const lost = error instanceof DomainError && error.code === 'OPERATION_NOT_FOUND';
    if (!lost) throw error;
    return untilSettled(core, run, remote.service);
  }
}

async function untilSettled(core: Core, run: OperationRun, id: string): Promise<RemoteOutcome> {
  const { clock } = core.ports;
  const deadline = clock.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const service: Service = await run.session.provider.getService(id);
    if (!service.reconciling) {
      return service.failure === null
        ? { state: 'succeeded', revision: null }
        : { state: 'failed', reason: service.failure };
    }
    if (clock.now() >= deadline) return { state: 'failed', reason: 'The platform is still busy.' };
    await clock.sleep(LOOK_EVERY_MS, run.signal);
  }
}

function wantedSplit(wanted: WantedTraffic): TrafficSplit {
  return wanted.kind === 'latest'
    ? { followsLatest: true, shares: [] }
    : { followsLatest: false, shares: wanted.shares };
}

/** Following the latest is one thing, whoever that is at the moment. */
function isSet(traffic: TrafficSplit, wanted: WantedTraffic): boolean {
  if (wanted.kind === 'latest') return isAllLatest(traffic);
  return isSame(traffic, wantedSplit(wanted));
}

function isSame(a: TrafficSplit, b: TrafficSplit): boolean {
  return a.followsLatest === b.followsLatest && words(a.shares) === words(b.shares);
}

/** Shares in a fixed order; one of 0 % without a tag is none. */
function words(shares: readonly TrafficShare[]): string {
  return shares
    .filter(({ percent, tag }) => percent > 0 || tag !== null)
    .map(({ revision, percent, tag }) => `${revision} ${String(percent)} ${tag ?? ''}`)
    .sort()
    .join(',');
}

function changedMeanwhile({ service, revision }: Shift): DomainError {
  return interrupted(
    `Traffic of ${service} was to move to ${revision}, but it was changed by someone else since.`,
    'Look at what serves and repeat it if you still want it.',
  );
}
