import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What a build is made from, and what it makes. */
export type BuildPlan = {
  root: string;
  /** Files and folders, relative to root. */
  sources: readonly string[];
  /** Files that a complete build leaves behind. */
  outputs: readonly string[];
  /** Where the fingerprint of the last build is kept. */
  stamp: string;
};

/** Whether the outputs were made from the sources as they are now. */
export function isFresh(plan: BuildPlan): boolean {
  const stamp = path.join(plan.root, plan.stamp);
  if (!existsSync(stamp)) return false;
  if (!plan.outputs.every((file) => existsSync(path.join(plan.root, file)))) return false;
  return readFileSync(stamp, 'utf8') === fingerprint(plan);
}

/** Notes what the outputs were made from; take the fingerprint before the build starts. */
export function markFresh(plan: BuildPlan, madeFrom: string): void {
  writeFileSync(path.join(plan.root, plan.stamp), madeFrom);
}

/** Changes when a source file is added, removed or written. Tests are no sources. */
export function fingerprint({ root, sources }: BuildPlan): string {
  const hash = createHash('sha256');
  for (const file of sources.flatMap((source) => filesBelow(root, source)).sort()) {
    const { mtimeMs, size } = statSync(path.join(root, file));
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest('hex');
}

const noSource = /(^|\/)(node_modules|\.[^/]+)(\/|$)|\.(test|conformance|bench)\.tsx?$|\.md$/u;

function filesBelow(root: string, source: string): string[] {
  const place = path.join(root, source);
  if (!existsSync(place)) return [];
  if (statSync(place).isFile()) return [source];
  return readdirSync(place, { withFileTypes: true }).flatMap((entry) => {
    const inside = `${source}/${entry.name}`;
    if (noSource.test(inside)) return [];
    return entry.isDirectory() ? filesBelow(root, inside) : [inside];
  });
}
