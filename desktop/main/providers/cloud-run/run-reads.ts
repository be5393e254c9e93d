import type { Revision, Service } from '../../../shared/domain/revision.ts';
import { GRPC_STATUS, grpcCode } from './google-error.ts';
import type { Plain } from './normalise-message.ts';
import { normaliseMessage } from './normalise-message.ts';
import type { RunClients } from './run-clients.ts';
import type { RevisionMessage } from './run-messages.ts';
import { revisionMessage, serviceMessage } from './run-messages.ts';
import type { Named } from './service-change.ts';
import type { RawRevision } from './template-message.ts';
import { toRevision } from './to-revision.ts';
import { toService } from './to-service.ts';

/** A service as it was read, and everything the platform said about it. */
export interface ServiceSnapshot {
  readonly service: Named;
  /** Normalised; fields that the console doesn't model are here too. */
  readonly message: { readonly [field: string]: Plain };
  readonly decidedByIam: boolean;
}

/** A revision as the platform gave it, and its fields that the console reads. */
export interface ReadRevision {
  readonly raw: RawRevision;
  readonly message: RevisionMessage;
}

/** Throws the client's NOT_FOUND. */
export async function readSnapshot(
  { services, callOptions }: RunClients,
  name: string,
): Promise<ServiceSnapshot> {
  const [message] = await services.getService({ name }, callOptions);
  return toSnapshot(message);
}

export async function findSnapshot(
  clients: RunClients,
  name: string,
): Promise<ServiceSnapshot | null> {
  return readSnapshot(clients, name).catch((error: unknown) => nullIfMissing(error));
}

export async function listSnapshots(
  { services, callOptions }: RunClients,
  parent: string,
): Promise<readonly ServiceSnapshot[]> {
  const [found] = await services.listServices({ parent }, callOptions);
  return found.map((message) => toSnapshot(message));
}

/** Newest first; none for a service that doesn't exist. */
export async function listRevisionMessages(
  { revisions, callOptions }: RunClients,
  parent: string,
): Promise<readonly ReadRevision[]> {
  const answer = await revisions
    .listRevisions({ parent }, callOptions)
    .catch((error: unknown) => nullIfMissing(error));
  return (answer?.[0] ?? [])
    .map((raw) => ({ raw, message: revisionMessage.parse(normaliseMessage(raw)) }))
    .sort((a, b) => newestFirst(a.message, b.message));
}

export function toRevisions(
  found: readonly ReadRevision[],
  serving: Service['serving'],
): readonly Revision[] {
  return found.map(({ message }) => toRevision(message, serving.shares));
}

function newestFirst(a: RevisionMessage, b: RevisionMessage): number {
  return b.createTime.localeCompare(a.createTime) || b.name.localeCompare(a.name);
}

function toSnapshot(message: unknown): ServiceSnapshot {
  const plain = normaliseMessage(message);
  const parsed = serviceMessage.parse(plain);
  const service = { ...toService(parsed), name: parsed.name };
  return { service, message: asFields(plain), decidedByIam: !parsed.invokerIamDisabled };
}

function asFields(plain: Plain): { readonly [field: string]: Plain } {
  return typeof plain === 'object' && plain !== null && !Array.isArray(plain)
    ? (plain as { readonly [field: string]: Plain })
    : {};
}

function nullIfMissing(error: unknown): null {
  if (grpcCode(error) === GRPC_STATUS.notFound) return null;
  throw error;
}
