/**
 * JSON with sorted keys and without spaces: the same value is always the same bytes, whatever the
 * order in which a database gives its parts back. `undefined` members are left out as in JSON.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(itemJson).join(',')}]`;
  if (value !== null && typeof value === 'object' && !('toJSON' in value)) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  // Dates and other objects that know their own JSON.
  return value === undefined ? 'null' : JSON.stringify(value);
}

function itemJson(item: unknown): string {
  return item === undefined ? 'null' : canonicalJson(item);
}
