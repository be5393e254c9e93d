/** Every procedure of a contract or router by its dotted name: `keys.create`. */
export function procedureNames(tree: object, prefix = ''): readonly string[] {
  return Object.entries(tree).flatMap(([name, node]: [string, unknown]) => {
    if (typeof node !== 'object' || node === null) return [];
    const path = prefix === '' ? name : `${prefix}.${name}`;
    return '~orpc' in node ? [path] : procedureNames(node, path);
  });
}
