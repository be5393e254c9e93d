/** Plain values as `google.protobuf.Struct` holds them: strings, flags and lists of strings. */
export function toStruct(values: Readonly<Record<string, unknown>>): object {
  const fields = Object.entries(values).map(([name, value]) => [name, toValue(value)]);
  return { fields: Object.fromEntries(fields) as Record<string, object> };
}

function toValue(value: unknown): object {
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(toValue) } };
  return { stringValue: String(value) };
}
