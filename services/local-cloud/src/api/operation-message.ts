import { operationName } from '../model/resource-names.ts';
import type { OperationRecord } from '../model/resources.ts';
import { toRevisionMessage, toServiceMessage } from '../model/to-message.ts';
import type { StateStore } from '../state/state-store.ts';
import type { Any, MessageType, Protos } from './protos.ts';
import { toStruct } from './struct.ts';
import { statusMessage } from './to-status.ts';

type Message = Readonly<Record<string, unknown>>;

/** `google.longrunning.Operation`: metadata and response carry the same kind of resource. */
export function toOperationMessage(
  protos: Protos,
  store: StateStore,
  record: OperationRecord,
): Message {
  const resource = record.result ?? currentResource(store, record);
  const packed = resource === null ? null : packResource(protos, record, resource);
  const base = {
    name: operationName(record.id),
    ...(packed === null ? {} : { metadata: packed }),
    done: record.finishedAt !== null,
  };
  if (record.finishedAt === null) return base;
  if (record.error !== null) return { ...base, error: statusMessage(protos, record.error) };
  return packed === null ? base : { ...base, response: packed };
}

function packResource(protos: Protos, { kind }: OperationRecord, resource: Message): Any {
  if (kind === 'build') return protos.pack('google.protobuf.Struct', toStruct(resource));
  const type: MessageType =
    kind === 'delete-revision' ? 'google.cloud.run.v2.Revision' : 'google.cloud.run.v2.Service';
  return protos.pack(type, resource);
}

function currentResource(store: StateStore, record: OperationRecord): Message | null {
  if (record.kind === 'build') return { id: record.id, status: 'WORKING' };
  if (record.kind === 'delete-revision') {
    const revision = store.get('revisions', record.revision);
    return revision === undefined ? null : toRevisionMessage(revision, false);
  }
  const service = store.get('services', record.service);
  return service === undefined ? null : toServiceMessage(service);
}
