import type { operationsProtos } from 'google-gax';
import type { RemoteOperation, RemoteOutcome } from '../../ports/deployment-provider.ts';
import { normaliseMessage } from './normalise-message.ts';
import type { RunClients } from './run-clients.ts';
import type { Condition } from './run-messages.ts';
import { revisionMessage, shortName } from './run-messages.ts';
import { findSnapshot, readSnapshot } from './run-reads.ts';
import { causeOf, failureOf } from './to-service.ts';

type Operation = operationsProtos.google.longrunning.IOperation;

/** Name of what a retry waits for when the operation of its first try is lost: the revision itself. */
const REVISION_NAME = /^(.+\/services\/[^/]+)\/revisions\/[^/]+$/;

/** One look at a change: how it ended, or null, and what tells one look from the next. */
export interface Look {
  readonly outcome: RemoteOutcome | null;
  readonly mark: string;
}

/** Looks once at an operation, or at the revision that stands for a lost one. */
export async function lookAt(
  clients: RunClients,
  { name }: RemoteOperation,
  serviceName: string,
): Promise<Look> {
  const service = REVISION_NAME.exec(name)?.[1];
  if (service !== undefined) return lookAtRevision(clients, name, service);
  const operation = await clients.getOperation(name);
  const mark = markOf(operation);
  if (!operation.done) return { outcome: null, mark };
  if (operation.error) {
    const said = operation.error.message ?? 'The platform gave no reason.';
    return { outcome: await failed(clients, serviceName, said), mark };
  }
  const { service: read } = await readSnapshot(clients, serviceName);
  return { outcome: { state: 'succeeded', revision: read.latestCreatedRevision }, mark };
}

/** Changed bytes of the metadata are progress (2.6). */
function markOf({ metadata }: Operation): string {
  const value = metadata?.value;
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : '';
}

async function lookAtRevision(
  clients: RunClients,
  name: string,
  serviceName: string,
): Promise<Look> {
  const ready = await readyCondition(clients, name);
  const mark = JSON.stringify(ready ?? null);
  const reason = failureOf(ready);
  if (reason !== null) return { outcome: { state: 'failed', reason, ...cause(ready) }, mark };
  if (ready?.state !== 'CONDITION_SUCCEEDED') return { outcome: null, mark };
  const { service } = await readSnapshot(clients, serviceName);
  // The first revision of a service also has to be given its traffic.
  if (service.reconciling) return { outcome: null, mark: `${mark} routing` };
  return { outcome: { state: 'succeeded', revision: shortName(name) }, mark };
}

/**
 * The cause behind a failed operation. The operation often only says that a revision isn't ready;
 * the revision itself knows why (2.6).
 */
async function failed(
  clients: RunClients,
  serviceName: string,
  said: string,
): Promise<RemoteOutcome> {
  const service = (await findSnapshot(clients, serviceName))?.service;
  const latest = service?.latestCreatedRevision ?? null;
  const speaksOfIt = latest !== null && said.includes(latest);
  const ready = speaksOfIt
    ? await readyCondition(clients, `${serviceName}/revisions/${latest}`)
    : undefined;
  const why = failureOf(ready);
  const reason = why === null || said.includes(why) ? said : why;
  return { state: 'failed', reason, ...cause(ready) };
}

function cause(condition: Condition | undefined): { readonly cause?: string } {
  const code = causeOf(condition);
  return code === null ? {} : { cause: code };
}

async function readyCondition(
  { revisions, callOptions }: RunClients,
  name: string,
): Promise<Condition | undefined> {
  const [found] = await revisions.getRevision({ name }, callOptions);
  const { conditions } = revisionMessage.parse(normaliseMessage(found));
  return conditions.find(({ type }) => type === 'Ready');
}
