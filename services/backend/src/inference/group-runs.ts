/**
 * Groups item indexes into runs of equal token count, at most `maxPerRun` each. Equal lengths need no
 * padding, so no cycle is spent on it; on CPUs a run of more than a few texts gains nothing.
 */
export function groupRuns(lengths: readonly number[], maxPerRun: number): number[][] {
  const open = new Map<number, number[]>();
  const runs: number[][] = [];
  lengths.forEach((length, index) => {
    if (length === 0) return;
    const run = open.get(length);
    if (run !== undefined && run.length < maxPerRun) {
      run.push(index);
      return;
    }
    const fresh = [index];
    open.set(length, fresh);
    runs.push(fresh);
  });
  return runs;
}
