import assert from 'node:assert/strict';
import type { PlatformRig } from '../testing/platform-rig.ts';

/** One promise of DeploymentProvider, told apart by its name. Throws where it is broken. */
export interface ConformanceCase {
  readonly name: string;
  readonly run: (rig: PlatformRig) => Promise<void>;
}

export function promise(name: string, run: ConformanceCase['run']): ConformanceCase {
  return { name, run };
}

/** Cases that are about the same thing. */
export interface CaseGroup {
  readonly name: string;
  /**
   * `own`: every case deploys services of its own and may run beside the others. `shared`: the cases
   * use the rig's one service with two revisions, so they run one after the other.
   */
  readonly services: 'own' | 'shared';
  readonly cases: readonly ConformanceCase[];
}

/** What a case is called in a report. */
export function titleOf(group: CaseGroup, { name }: ConformanceCase): string {
  return `${group.name} ${name}`;
}

/** What a broken promise of the port is told by. */
export function assertCode(thrown: unknown, code: string): void {
  assert.ok(thrown instanceof Error, String(thrown));
  assert.equal('code' in thrown ? thrown.code : null, code, thrown.message);
}

/** Compares the fields that are named, and no others. */
export function assertHas<T extends object>(actual: T | undefined, expected: Partial<T>): void {
  assert.ok(actual, 'there is none');
  const named = Object.entries(actual).filter(([name]) => name in expected);
  assert.deepEqual(Object.fromEntries(named), expected);
}
