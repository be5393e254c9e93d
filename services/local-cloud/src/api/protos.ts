import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fromJSON } from '@grpc/proto-loader';
import type { MessageTypeDefinition, ServiceDefinition } from '@grpc/proto-loader';
import { z } from 'zod';
import type { MessageShape } from '../model/message-shape.ts';
import { messageShape, subtree } from './proto-shape.ts';
import type { ProtoTree } from './proto-shape.ts';

/** Services of the client that have nothing to do with the local cloud: not loaded, half the time. */
const NOT_SERVED = ['Executions', 'Instances', 'Jobs', 'Tasks', 'WorkerPools'];

/** Two well-known messages that the client's schema doesn't carry and that we answer with. */
const EXTRA: Readonly<Record<string, ProtoTree>> = {
  'google.protobuf': {
    nested: {
      Struct: { fields: { fields: { keyType: 'string', type: 'Value', id: 1 } } },
      Value: {
        oneofs: { kind: { oneof: ['stringValue', 'boolValue', 'listValue'] } },
        fields: {
          stringValue: { type: 'string', id: 3 },
          boolValue: { type: 'bool', id: 4 },
          listValue: { type: 'ListValue', id: 6 },
        },
      },
      ListValue: { fields: { values: { rule: 'repeated', type: 'Value', id: 1 } } },
    },
  },
  'google.rpc': {
    nested: {
      ErrorInfo: {
        fields: {
          reason: { type: 'string', id: 1 },
          domain: { type: 'string', id: 2 },
          metadata: { keyType: 'string', type: 'string', id: 3 },
        },
      },
    },
  },
};

export type MessageType =
  | 'google.cloud.run.v2.Service'
  | 'google.cloud.run.v2.Revision'
  | 'google.protobuf.Struct'
  | 'google.rpc.ErrorInfo'
  | 'google.rpc.Status';

/** A message packed with its type's name. */
export interface Any {
  readonly type_url: string;
  readonly value: Buffer;
}

export interface Protos {
  readonly service: (name: string) => ServiceDefinition;
  readonly encode: (type: MessageType, message: object) => Buffer;
  readonly pack: (type: MessageType, message: object) => Any;
  /** The fields of a message, for update masks. */
  readonly shape: (type: MessageType) => MessageShape;
}

/** Loads the schema that the installed @google-cloud/run client itself uses: the only one here. */
export function loadProtos(): Protos {
  const tree = readSchema();
  const definition = fromJSON(tree, {
    longs: String,
    enums: String,
  });
  const encode = (type: MessageType, message: object): Buffer =>
    (definition[type] as MessageTypeDefinition<object, object>).serialize(message);
  return {
    service: (name) => definition[name] as ServiceDefinition,
    encode,
    pack: (type, message) => ({
      type_url: `type.googleapis.com/${type}`,
      value: encode(type, message),
    }),
    shape: (type) => messageShape(tree, type),
  };
}

function readSchema(): ProtoTree {
  const main = createRequire(import.meta.url).resolve('@google-cloud/run');
  const file = path.join(path.dirname(main), '..', 'protos', 'protos.json');
  const tree = z.custom<ProtoTree>((value) => typeof value === 'object' && value !== null);
  const schema = tree.parse(JSON.parse(readFileSync(file, 'utf8')));
  const run = subtree(schema, 'google.cloud.run.v2');
  for (const name of NOT_SERVED) Reflect.deleteProperty(run.nested ?? {}, name);
  for (const [name, extra] of Object.entries(EXTRA))
    Object.assign((subtree(schema, name).nested ??= {}), extra.nested);
  return schema;
}
