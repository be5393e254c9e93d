import type { FieldShape, MessageShape } from '../model/message-shape.ts';
import { plainField } from '../model/message-shape.ts';

/** protobuf's reflection as JSON: a tree of namespaces, messages and services. */
export interface ProtoTree {
  nested?: Record<string, ProtoTree>;
  fields?: Record<string, ProtoField>;
  [field: string]: unknown;
}

interface ProtoField {
  readonly id: number;
  readonly type: string;
  readonly rule?: string;
  readonly keyType?: string;
}

/** The node of a full name; throws when the schema has none. */
export function subtree(root: ProtoTree, name: string): ProtoTree {
  const node = find(root, name);
  if (node === undefined) throw new Error(`The client's schema has no ${name}.`);
  return node;
}

/** The fields of a message, those of its messages when they are asked for. */
export function messageShape(root: ProtoTree, name: string): MessageShape {
  const fields = Object.entries(subtree(root, name).fields ?? {});
  return new Map(fields.map(([field, proto]) => [field, fieldShape(root, name, proto)]));
}

function fieldShape(root: ProtoTree, owner: string, field: ProtoField): FieldShape {
  if (field.keyType !== undefined) return plainField('map');
  if (field.rule === 'repeated') return plainField('list');
  const type = resolve(root, owner, field.type);
  if (type === null) return plainField('value');
  return { kind: 'message', fields: () => messageShape(root, type) };
}

/** Full name of a message as protobuf looks it up: innermost scope first. Null for other types. */
function resolve(root: ProtoTree, owner: string, type: string): string | null {
  const scope = owner.split('.');
  for (let length = scope.length; length >= 0; length -= 1) {
    const name = [...scope.slice(0, length), type].join('.');
    if (find(root, name)?.fields !== undefined) return name;
  }
  return null;
}

function find(root: ProtoTree, name: string): ProtoTree | undefined {
  let node: ProtoTree | undefined = root;
  for (const part of name.split('.')) node = node?.nested?.[part];
  return node;
}
