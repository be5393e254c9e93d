import type { OperationResult } from '../../../shared/domain/operation.ts';
import type { Release, ReleasePart } from '../../../shared/domain/release.ts';
import { samePair } from '../../../shared/domain/release.ts';
import { digestOf } from '../../../shared/domain/revision.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { STACK_SERVICES } from '../../../shared/domain/stack.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { becomeReady } from '../deployments/become-ready.ts';
import type { CutRevision } from '../deployments/cut-revision.ts';
import { cutRevision } from '../deployments/cut-revision.ts';
import { makeImage } from '../deployments/make-image.ts';
import type { OperationRun } from '../operations/operation-run.ts';
import { movePair, restorePair } from './move-pair.ts';
import { PartRun } from './part-run.ts';
import { servingPair } from './serving-pair.ts';
import { verifyStack } from './verify-stack.ts';

export interface ReleaseOrder {
  readonly build: boolean;
}

/** A part on its way: its own run, its image and, once cut, the platform's operation. */
interface Making {
  readonly run: PartRun;
  readonly image: string | null;
}

/**
 * Both services as one: built, cut and ready before any traffic moves; then the backend, verified,
 * then the gateway, verified together. Whatever fails, both end on the pair that served before.
 */
export async function runRelease(
  core: Core,
  run: OperationRun,
  order: ReleaseOrder,
): Promise<OperationResult> {
  if (run.notes.release !== null) return comeBack(core, run, run.notes.release);
  const previous = await servingPair(run.session.provider);
  assertDeployed(previous);
  await run.note({ release: fresh(run, previous) });
  try {
    const parts = await makeParts(core, run, order);
    await run.stage('traffic', () => {
      run.commit();
      return movePair(core, run, parts);
    });
    return await proven(core, run);
  } catch (error) {
    await goBack(core, run, error);
    throw error;
  }
}

function fresh(run: OperationRun, previous: readonly ReleasePart[]): Release {
  const parts = STACK_SERVICES.map((service) => ({ service, revision: null, digest: null }));
  const { id, confirmedAt: createdAt } = run;
  return { id, parts, previous, createdAt, state: 'candidate', reason: null };
}

/** New revisions of both that are ready and serve nothing. */
async function makeParts(
  core: Core,
  run: OperationRun,
  order: ReleaseOrder,
): Promise<readonly ReleasePart[]> {
  const made = await run.stage('build', () =>
    eachService(async (service): Promise<Making> => {
      const part = new PartRun(run, service);
      return { run: part, image: await makeImage(part, { service, build: order.build }) };
    }),
  );
  const cut = await run.stage('revision', () =>
    inOrder(made, async ({ run: part, image }) => {
      const wanted = { service: part.service, env: {}, after: null };
      return { part, cut: await cutRevision(core, part, { order: wanted, image }) };
    }),
  );
  return run.stage('ready', () =>
    inOrder(cut, async (one) => {
      const part = await readyPart(core, run, one);
      await notePart(run, part);
      return part;
    }),
  );
}

async function readyPart(
  core: Core,
  run: OperationRun,
  { part, cut }: { readonly part: PartRun; readonly cut: CutRevision },
): Promise<ReleasePart> {
  const revision = await becomeReady(core, part, cut);
  const revisions = await run.session.provider.listRevisions(part.service);
  const image = revisions.find(({ name }) => name === revision)?.template.image ?? '';
  return { service: part.service, revision, digest: digestOf(image) };
}

/** The last stage: the gateway at its public address, and the backend through it. */
async function proven(core: Core, run: OperationRun): Promise<OperationResult> {
  const result = await run.stage('verify', () => verifyStack(core, run));
  await note(run, { state: 'known-good' });
  return result;
}

/** Before traffic moved there is nothing to put back; after it, both go home. */
async function goBack(core: Core, run: OperationRun, error: unknown): Promise<void> {
  const { release } = run.notes;
  if (release === null) return;
  const reason = error instanceof Error ? error.message : String(error);
  const serving = await servingPair(run.session.provider);
  try {
    if (!samePair(serving, release.previous)) {
      run.log(`Going back to the pair before: ${reason}`);
      await restorePair(core, run, release.previous);
    }
  } finally {
    // Also when the way back failed too: it is no release on its way any more.
    await note(run, { state: 'failed', reason });
  }
  run.log(`Both services are on the pair that served before.${await heldWords(run)}`);
}

/** Why the next deploy asks about a pin: what never served must not become what is followed. */
async function heldWords({ session: { provider } }: OperationRun): Promise<string> {
  const services = await inOrder(STACK_SERVICES, (id) => provider.getService(id));
  const held = services.filter(({ traffic }) => !traffic.followsLatest).map(({ id }) => id);
  if (held.length === 0) return '';
  return ` Until the next release or Resume latest, traffic of ${held.join(' and ')} is held by name.`;
}

/** After a restart: both parts serve and prove it, or both go back. Nothing is made anew. */
async function comeBack(core: Core, run: OperationRun, release: Release): Promise<OperationResult> {
  run.log('The console was restarted; looking at which pair serves.');
  run.commit();
  try {
    const serving = await servingPair(run.session.provider);
    if (!samePair(serving, release.parts)) throw stopped();
    return await proven(core, run);
  } catch (error) {
    await goBack(core, run, error);
    throw error;
  }
}

function note(run: OperationRun, change: Partial<Release>): Promise<void> {
  const { release } = run.notes;
  return release === null ? Promise.resolve() : run.note({ release: { ...release, ...change } });
}

/** A part that is ready is known by name, whatever becomes of the other one. */
function notePart(run: OperationRun, part: ReleasePart): Promise<void> {
  const parts = run.notes.release?.parts ?? [];
  return note(run, { parts: parts.map((old) => (old.service === part.service ? part : old)) });
}

function eachService<T>(work: (service: StackServiceId) => Promise<T>): Promise<T[]> {
  return inOrder(STACK_SERVICES, work);
}

/** One after the other, so that the order of deployment is the order of the list. */
async function inOrder<S, T>(list: readonly S[], work: (item: S) => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  for (const item of list) done.push(await work(item));
  return done;
}

function assertDeployed(parts: readonly ReleasePart[]): void {
  const missing = parts.filter(({ revision }) => revision === null).map(({ service }) => service);
  if (missing.length === 0) return;
  throw new DomainError({
    code: 'SERVICE_NOT_FOUND',
    message: `${missing.join(' and ')} serves nothing yet: there is no pair to go back to.`,
    nextStep: 'Deploy the stack first.',
  });
}

function stopped(): DomainError {
  return new DomainError({
    code: 'CANCELLED',
    message: 'The console stopped before both parts of the release served.',
    nextStep: 'Both are on the pair that served before; start the release again.',
  });
}
