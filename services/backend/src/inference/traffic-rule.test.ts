import { describe, expect, it } from 'vitest';
import type { TrafficRule } from './traffic-rule.ts';
import { chooseVersion, parseTrafficRules } from './traffic-rule.ts';

describe('traffic rules', () => {
  it('are read by name', () => {
    const ruleOf = parseTrafficRules('minilm=1:90,2:10; scale=3:100;');
    expect(ruleOf?.('minilm')?.shares).toEqual([
      { version: '1', percent: 90 },
      { version: '2', percent: 10 },
    ]);
    expect(ruleOf?.('else')).toBeUndefined();
    expect(parseTrafficRules('')?.('minilm')).toBeUndefined();
  });

  it.each(['minilm', 'minilm=', 'm=1:90', 'm=1:90,2:20', 'm=1:50,1:50', '=1:100', 'm=0:100'])(
    'refuse %j',
    (text) => {
      expect(parseTrafficRules(text)).toBeUndefined();
    },
  );

  it('split within 2 points over 10 000 keys, and a key keeps its version', () => {
    const rule: TrafficRule = {
      shares: [
        { version: '1', percent: 70 },
        { version: '2', percent: 25 },
        { version: '3', percent: 5 },
      ],
    };
    const counts = new Map<string | undefined, number>();
    for (let key = 0; key < 10_000; key += 1) {
      const version = chooseVersion(rule, `key-${key}`);
      expect(chooseVersion(rule, `key-${key}`)).toBe(version);
      counts.set(version, (counts.get(version) ?? 0) + 1);
    }
    for (const { version, percent } of rule.shares) {
      const share = (counts.get(version) ?? 0) / 100;
      expect(Math.abs(share - percent)).toBeLessThan(2);
    }
  });
});
