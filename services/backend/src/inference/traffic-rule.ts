import { createHash } from 'node:crypto';

/** How unversioned requests of one model are shared out; the shares add up to 100. */
export interface TrafficRule {
  readonly shares: readonly { readonly version: string; readonly percent: number }[];
}

export type RuleOf = (model: string) => TrafficRule | undefined;

/** No rule: everybody gets the newest ready version. */
export const noRule: RuleOf = () => undefined;

/**
 * Reads `minilm=1:90,2:10; scale=3:50,4:50`.
 * @returns undefined when the text is no rule, or when the shares of a model are not 100 together
 */
export function parseTrafficRules(text: string): RuleOf | undefined {
  const rules = new Map<string, TrafficRule>();
  for (const part of text.split(';').map((one) => one.trim())) {
    if (part === '') continue;
    const [, name = '', list = ''] = /^([\w.-]+)=([\d:,]+)$/.exec(part) ?? [];
    const shares = parseShares(list);
    if (shares === undefined) return undefined;
    rules.set(name, { shares });
  }
  return (model) => rules.get(model);
}

function parseShares(list: string): TrafficRule['shares'] | undefined {
  const shares = list.split(',').map((share) => {
    const [, version = '', percent] = /^([1-9]\d*):(\d{1,3})$/.exec(share) ?? [];
    return { version, percent: Number(percent) };
  });
  const sum = shares.reduce((total, { percent }) => total + percent, 0);
  const versions = new Set(shares.map(({ version }) => version));
  return sum === 100 && versions.size === shares.length ? shares : undefined;
}

/** The version of whoever has this key: the same one as long as the rule is the same. */
export function chooseVersion({ shares }: TrafficRule, stickyKey: string): string | undefined {
  const point = createHash('sha256').update(stickyKey).digest().readUInt32LE() / 2 ** 32;
  let upTo = 0;
  for (const { version, percent } of shares) {
    upTo += percent / 100;
    if (point < upTo) return version;
  }
  return shares.at(-1)?.version;
}
