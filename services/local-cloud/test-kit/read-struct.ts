import protobuf from 'google-gax';

const { protobuf: pb } = protobuf;

const root = pb.Root.fromJSON({
  nested: {
    Struct: { fields: { fields: { keyType: 'string', type: 'Value', id: 1 } } as never },
    Value: {
      oneofs: { kind: { oneof: ['numberValue', 'stringValue', 'boolValue', 'listValue'] } },
      fields: {
        numberValue: { type: 'double', id: 2 },
        stringValue: { type: 'string', id: 3 },
        boolValue: { type: 'bool', id: 4 },
        listValue: { type: 'ListValue', id: 6 },
      },
    },
    ListValue: { fields: { values: { rule: 'repeated', type: 'Value', id: 1 } } },
  },
});

interface Value {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly listValue?: { readonly values?: readonly Value[] };
}

/** The plain object in a packed `google.protobuf.Struct`. */
export function readStruct(value: Uint8Array | string | null | undefined): Record<string, unknown> {
  const type = root.lookupType('Struct');
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : (value ?? Buffer.of());
  const { fields = {} } = type.toObject(type.decode(bytes)) as { fields?: Record<string, Value> };
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, plain(field)]));
}

function plain({ stringValue, boolValue, listValue }: Value): unknown {
  if (listValue !== undefined) return (listValue.values ?? []).map(plain);
  return boolValue ?? stringValue;
}
