import type { Cidr } from './cidr.ts';
import { parseCidr } from './cidr.ts';
import type { KeyPolicy } from './key-policy.ts';
import { OPEN_POLICY } from './key-policy.ts';
import type { SnapshotPolicy } from './key-snapshot.ts';
import type { ScopeMatcher } from './scope.ts';
import { compileScopes } from './scope.ts';

/** A policy ready for the request path; shared by all keys that have the same. */
export interface CompiledPolicy extends KeyPolicy {
  readonly environment: string;
  readonly rateLimitPerMinute: number | null;
  /** Null: every route. */
  readonly inScope: ScopeMatcher | null;
  /** Null: every address. An entry that can't be read admits nobody. */
  readonly ranges: readonly Cidr[] | null;
}

/** From the text of a snapshot: an environment, or the JSON of everything. */
export function compilePolicy(text: string): CompiledPolicy {
  if (!text.startsWith('{')) {
    const open = { ...OPEN_POLICY, environment: text, rateLimitPerMinute: null };
    return { ...open, inScope: null, ranges: null };
  }
  const policy = JSON.parse(text) as SnapshotPolicy;
  return { ...policy, inScope: compileScopes(policy.scopes), ranges: compileRanges(policy.cidrs) };
}

function compileRanges(cidrs: readonly string[]): readonly Cidr[] | null {
  if (cidrs.length === 0) return null;
  return cidrs.map(parseCidr).filter((range) => range !== null);
}
