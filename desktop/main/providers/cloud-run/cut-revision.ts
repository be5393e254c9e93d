import { isSecretEntry } from '../../../shared/domain/diff.ts';
import type { PreflightFinding } from '../../../shared/domain/preflight.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { RemoteOperation, RevisionRequest } from '../../ports/deployment-provider.ts';
import { DEPLOY_LABEL, deployLabel } from './deploy-label.ts';
import { answerWasLost, GRPC_STATUS, grpcCode } from './google-error.ts';
import type { PublicAccess } from './public-access.ts';
import { flagIsRefused } from './public-access.ts';
import type { RunClients } from './run-clients.ts';
import { shortName } from './run-messages.ts';
import type { ReadRevision, ServiceSnapshot } from './run-reads.ts';
import { findSnapshot, listRevisionMessages } from './run-reads.ts';
import { requireDigest } from './require-digest.ts';
import { createServiceRequest, cutRevisionRequest } from './service-change.ts';
import type { RawRevision } from './template-message.ts';
import { writeService } from './write-service.ts';

/** A revision that is to be cut, and with what. */
export interface Cut {
  readonly clients: RunClients;
  /** `projects/P/locations/L`. */
  readonly parent: string;
  readonly request: RevisionRequest;
  readonly access: PublicAccess;
}

/**
 * Creates the service or cuts a revision of it, once per deploy id: what an earlier try made is
 * adopted, also when its answer got lost on the way (R9).
 */
export async function cutRevision(cut: Cut): Promise<RemoteOperation> {
  requireDigest(cut.request.template.image);
  const [before, revisions] = await readBoth(cut);
  if (before === null) return createService(cut);
  const adopted = madeEarlier(revisions, cut.request);
  if (adopted !== null) return { name: adopted, service: cut.request.service };
  requireIdle(before);
  const { effective, openAfterwards } = await withoutRefusedFlag(cut, before);
  const base = baseOf(before, revisions);
  const name = await adoptLost(cut, async () => {
    const { clients } = cut;
    const operation = await writeService({
      clients,
      before,
      build: (current) => cutRevisionRequest(current, effective, base),
    });
    return operation.name ?? '';
  });
  return finish(cut, name, openAfterwards);
}

async function createService(cut: Cut): Promise<RemoteOperation> {
  const { effective, openAfterwards } = await withoutRefusedFlag(cut, null);
  const name = await adoptLost(cut, async () => {
    const { services, callOptions } = cut.clients;
    const create = createServiceRequest(cut.parent, effective);
    const [operation] = await services.createService(create, callOptions);
    return operation.name ?? '';
  });
  return finish(cut, name, openAfterwards);
}

/** IAM is set after the change, so that a refusal costs the access and not the deploy (2.4). */
async function finish(cut: Cut, name: string, openAfterwards: boolean): Promise<RemoteOperation> {
  const { clients, request, access } = cut;
  const operation = { name, service: request.service };
  const finding = openAfterwards ? await access.open(clients, serviceName(cut)) : null;
  if (request.settings?.public === false) await access.close(clients, serviceName(cut));
  return finding === null ? operation : { ...operation, warnings: warnings(finding) };
}

function warnings(finding: PreflightFinding): readonly PreflightFinding[] {
  return [finding];
}

/** The request as the platform will take it: without the public flag where that is refused. */
async function withoutRefusedFlag(
  cut: Cut,
  before: ServiceSnapshot | null,
): Promise<{ effective: RevisionRequest; openAfterwards: boolean }> {
  const { clients, parent, request } = cut;
  if (request.settings?.public !== true) return { effective: request, openAfterwards: false };
  const { services, callOptions } = clients;
  const refused = await flagIsRefused(() => {
    if (before !== null) return dryRunFlag(clients, before);
    const create = createServiceRequest(parent, request);
    return services.createService({ ...create, validateOnly: true }, callOptions);
  });
  if (!refused) return { effective: request, openAfterwards: false };
  const { public: _refused, ...settings } = request.settings;
  return { effective: { ...request, settings }, openAfterwards: true };
}

/** Asks whether the service may be opened by its flag; changes nothing. */
export function dryRunFlag(
  { services, callOptions }: RunClients,
  { service: { name, etag } }: ServiceSnapshot,
): Promise<unknown> {
  const service = { name, etag, invokerIamDisabled: true };
  const updateMask = { paths: ['invoker_iam_disabled'] };
  return services.updateService({ service, updateMask, validateOnly: true }, callOptions);
}

/**
 * When no answer came, or one that says it is there already or was changed meanwhile, what is there
 * may be ours: a call of an earlier process that was still on its way when this one looked.
 */
async function adoptLost(cut: Cut, write: () => Promise<string>): Promise<string> {
  try {
    return await write();
  } catch (error) {
    const mayBeOurs =
      answerWasLost(error) ||
      grpcCode(error) === GRPC_STATUS.alreadyExists ||
      (error instanceof DomainError && error.code === 'CONFLICT');
    if (!mayBeOurs) throw error;
    const [, revisions] = await readBoth(cut).catch(() => {
      // The look failed as the write did: the write's failure is what the caller has to know.
      throw error;
    });
    const adopted = madeEarlier(revisions, cut.request);
    if (adopted === null) throw error;
    return adopted;
  }
}

function readBoth(cut: Cut): Promise<[ServiceSnapshot | null, readonly ReadRevision[]]> {
  const name = serviceName(cut);
  return Promise.all([findSnapshot(cut.clients, name), listRevisionMessages(cut.clients, name)]);
}

function serviceName({ parent, request }: Cut): string {
  return `${parent}/services/${request.service}`;
}

/** Full name of the revision that an earlier try with the same deploy id cut, if there is one. */
function madeEarlier(
  revisions: readonly ReadRevision[],
  { deployId }: RevisionRequest,
): string | null {
  const label = deployLabel(deployId);
  return (
    revisions.find(({ message }) => message.labels[DEPLOY_LABEL] === label)?.message.name ?? null
  );
}

/**
 * What the next template starts from: the revision that serves, not the service's template, which
 * after a rollback is the bad one (R15); the newest one that is there when none serves.
 */
function baseOf(
  { service }: ServiceSnapshot,
  revisions: readonly ReadRevision[],
): RawRevision | null {
  const wanted = servingRevision(service) ?? service.latestReadyRevision;
  const serving = revisions.find(({ message }) => shortName(message.name) === wanted);
  return (serving ?? revisions[0])?.raw ?? null;
}

function requireIdle({ service: { id, reconciling } }: ServiceSnapshot): void {
  if (!reconciling) return;
  throw new DomainError({
    code: 'CONFLICT',
    message: `Another change of ${id} is under way.`,
    nextStep: 'Wait until it has ended and try again.',
    retryable: true,
  });
}

/** Literal values of a template that look secret: a failure must not repeat them. */
export function hiddenValues({ template }: RevisionRequest): readonly string[] {
  return template.env.flatMap((entry) =>
    'value' in entry && isSecretEntry(entry) ? [entry.value] : [],
  );
}
