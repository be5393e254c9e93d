/** Which versions of a model are served. */
export type VersionPolicy =
  | { readonly kind: 'latest'; readonly count: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'specific'; readonly versions: readonly string[] };

export type PolicyOf = (model: string) => VersionPolicy;

const NEWEST: VersionPolicy = { kind: 'latest', count: 1 };

/** Only the newest version, which is what holds where nothing else was said. */
export const newestOnly: PolicyOf = () => NEWEST;

/**
 * Reads `latest:2; iris=all; add=specific:1,3`: a part without a name holds for all other models.
 * @returns undefined when the text is no policy
 */
export function parseVersionPolicies(text: string): PolicyOf | undefined {
  const byName = new Map<string, VersionPolicy>();
  let usual = NEWEST;
  for (const part of text.split(';').map((one) => one.trim())) {
    const [, name, rule = ''] = /^(?:([\w.-]+)=)?(.*)$/.exec(part) ?? [];
    const policy = parsePolicy(rule);
    if (policy === undefined) return undefined;
    if (name === undefined) usual = policy;
    else byName.set(name, policy);
  }
  return (model) => byName.get(model) ?? usual;
}

function parsePolicy(text: string): VersionPolicy | undefined {
  if (text === 'all') return { kind: 'all' };
  const latest = /^latest:([1-9]\d{0,3})$/.exec(text)?.[1];
  if (latest !== undefined) return { kind: 'latest', count: Number(latest) };
  const specific = /^specific:([1-9]\d*(?:,[1-9]\d*)*)$/.exec(text)?.[1];
  return specific === undefined ? undefined : { kind: 'specific', versions: specific.split(',') };
}

/** Whether a version is served when `taken` newer usable ones are already. */
export function wants(policy: VersionPolicy, version: string, taken: number): boolean {
  switch (policy.kind) {
    case 'all':
      return true;
    case 'latest':
      return taken < policy.count;
    case 'specific':
      return policy.versions.includes(version);
  }
}
