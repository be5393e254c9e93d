import type { CanarySettings } from '../../../shared/domain/canary-settings.ts';
import type { CanaryEnd, CanaryState } from '../../../shared/domain/canary.ts';
import { newCanary, resumedAt, started } from '../../../shared/domain/canary.ts';
import type { OperationResult } from '../../../shared/domain/operation.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { percentOf } from '../../../shared/domain/traffic.ts';
import type { Failure } from '../../ports/domain-error.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { verifyMove } from '../deployments/move-traffic.ts';
import { undoCancelledCut } from '../deployments/follow-latest-again.ts';
import type { DeployOrder } from '../deployments/run-deploy.ts';
import { makeRevision } from '../deployments/run-deploy.ts';
import { LetGo } from '../operations/let-go.ts';
import type { OperationRun } from '../operations/operation-run.ts';
import { CanaryLoop } from './canary-loop.ts';

/** The stages that make a revision; skipped for one that exists. */
const MAKING = ['package', 'upload', 'build', 'push', 'revision', 'ready'] as const;

export interface CanaryOrder {
  readonly service: StackServiceId;
  /** An existing revision, or what to make one of. */
  readonly what:
    | { readonly kind: 'revision'; readonly revision: string }
    | { readonly kind: 'deploy'; readonly build: boolean; readonly env: DeployOrder['env'] };
  readonly settings: CanarySettings;
}

/** Makes or takes a revision, walks it up the steps, and proves at the end who answers. */
export async function runCanary(
  core: Core,
  run: OperationRun,
  order: CanaryOrder,
): Promise<OperationResult> {
  const known = run.notes.canary;
  const state =
    known === null ? await begin(core, run, order) : await comeBack(core, run, { order, known });
  const box = core.memory.canaries.open(run.id);
  try {
    await run.note({ canary: state });
    const end = await run.stage('traffic', () => {
      run.commit();
      return new CanaryLoop(core, run, { service: order.service, state, box }).toEnd();
    });
    return await conclude(core, run, { order, state, end });
  } finally {
    core.memory.canaries.close(run.id);
  }
}

async function begin(core: Core, run: OperationRun, order: CanaryOrder): Promise<CanaryState> {
  const { provider } = run.session;
  const stable =
    run.progress.before?.serving ?? servingRevision(await provider.getService(order.service));
  if (stable === null) throw nothingServes(order.service);
  const revision = await revisionOf(core, run, order);
  if (revision === stable) throw servesAlready(revision);
  await run.aimAt(revision);
  return started(newCanary({ revision, stable }, order.settings));
}

async function revisionOf(core: Core, run: OperationRun, order: CanaryOrder): Promise<string> {
  const { what, service } = order;
  if (what.kind === 'revision') {
    for (const id of MAKING) run.skip(id, `${what.revision} exists already`);
    return what.revision;
  }
  const { build, env } = what;
  try {
    return await makeRevision(core, run, { service, build, env, after: null });
  } catch (error) {
    if (run.signal.aborted) await undoCancelledCut(core, run, service);
    throw error;
  }
}

/** After a restart: what really serves decides where the canary stands. */
async function comeBack(
  core: Core,
  run: OperationRun,
  { order, known }: { readonly order: CanaryOrder; readonly known: CanaryState },
): Promise<CanaryState> {
  run.log('The console was restarted; the canary goes on where it stood, and judges anew.');
  const service = await run.session.provider.getService(order.service);
  return resumedAt(known, percentOf(service.serving, known.revision), core.ports.clock.now());
}

async function conclude(
  core: Core,
  run: OperationRun,
  { order, state, end }: { order: CanaryOrder; state: CanaryState; end: CanaryEnd },
): Promise<OperationResult> {
  if (end.kind === 'superseded') throw new LetGo(failure('CONFLICT', `Let go: ${end.reason}.`));
  const [revision, previous] =
    end.kind === 'promoted' ? [state.revision, state.stable] : [state.stable, state.revision];
  const result = await verifyMove(core, run, { service: order.service, revision, previous });
  if (end.kind === 'promoted') return result;
  const why = end.reason === '' ? 'no reason given' : end.reason;
  const message = `${state.revision} was taken back to 0 %: ${why}.`;
  run.log(message);
  if (end.by === 'human') throw new LetGo(failure('CANCELLED', message));
  throw new DomainError(failure('CANARY_ABORTED', message));
}

function failure(code: Failure['code'], message: string): Failure {
  const nextStep = 'Look at the evaluations, correct the cause and start a new canary.';
  return { code, message, nextStep };
}

function nothingServes(service: string): DomainError {
  return new DomainError({
    code: 'REVISION_NOT_FOUND',
    message: `${service} serves nothing that a canary could be compared with.`,
    nextStep: 'Deploy it first.',
  });
}

function servesAlready(revision: string): DomainError {
  return new DomainError({
    code: 'CONFLICT',
    message: `${revision} gets the traffic already; it can't be its own canary.`,
    nextStep: 'Choose another revision, or deploy a new one.',
  });
}
