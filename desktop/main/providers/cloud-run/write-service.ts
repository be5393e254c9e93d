import { isDeepStrictEqual } from 'node:util';
import type { protos } from '@google-cloud/run';
import type { operationsProtos } from 'google-gax';
import { DomainError } from '../../ports/domain-error.ts';
import { isWriteConflict } from './google-error.ts';
import type { RunClients } from './run-clients.ts';
import type { ServiceSnapshot } from './run-reads.ts';
import { readSnapshot } from './run-reads.ts';

type UpdateServiceRequest = protos.google.cloud.run.v2.IUpdateServiceRequest;
type Operation = operationsProtos.google.longrunning.IOperation;

export interface ServiceWrite {
  readonly clients: RunClients;
  /** The service as the caller read it; what is written rests on this. */
  readonly before: ServiceSnapshot;
  /** What is written, for a service as it is then. Called again for the one re-read. */
  readonly build: (current: ServiceSnapshot['service']) => UpdateServiceRequest;
}

/**
 * Writes with the etag that was read, so that nobody's change is lost (R8). When somebody else wrote
 * in between, the service is read again once: a change of other fields is kept and ours is put on
 * top; a change of the very fields that we write is for the operator to decide, so CONFLICT.
 */
export async function writeService({ clients, before, build }: ServiceWrite): Promise<Operation> {
  const first = build(before.service);
  try {
    return await update(clients, first);
  } catch (error) {
    if (!isWriteConflict(error)) throw error;
    const now = await readSnapshot(clients, before.service.name);
    const contested = fieldsOf(first).filter(
      (field) => !isDeepStrictEqual(before.message[field], now.message[field]),
    );
    if (contested.length > 0 || now.message['etag'] === before.message['etag']) {
      throw changedMeanwhile(before.service.id, contested, error);
    }
    return update(clients, build(now.service));
  }
}

async function update(
  { services, callOptions }: RunClients,
  request: UpdateServiceRequest,
): Promise<Operation> {
  const [operation] = await services.updateService(request, callOptions);
  return { name: operation.name ?? '' };
}

/** `template.revision`, `invoker_iam_disabled` -> `template`, `invokerIamDisabled`. */
function fieldsOf({ updateMask }: UpdateServiceRequest): string[] {
  const heads = (updateMask?.paths ?? []).map((path) => path.split('.')[0] ?? '');
  return [...new Set(heads)].map((head) =>
    head.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  );
}

function changedMeanwhile(
  service: string,
  contested: readonly string[],
  cause: unknown,
): DomainError {
  const what = contested.length === 0 ? 'it' : `its ${contested.join(' and ')}`;
  return new DomainError({
    code: 'CONFLICT',
    message: `The change of ${service} was refused: someone else changed ${what} at the same time.`,
    nextStep: 'Look at the service as it is now and try again.',
    cause,
  });
}
