import { performance } from 'node:perf_hooks';
import type { CaseGroup, ConformanceCase } from '../../desktop/main/providers/conformance/case.ts';
import { DEPLOYMENT_SUITE } from '../../desktop/main/providers/conformance/suite.ts';
import { unreachable } from '../../desktop/main/providers/conformance/unreachable.ts';
import { titleOf } from '../../desktop/main/providers/conformance/case.ts';
import type { PlatformRig } from '../../desktop/main/providers/testing/platform-rig.ts';

export interface CaseResult {
  readonly title: string;
  readonly outcome: 'kept' | 'broken' | 'skipped';
  /** Why it is broken or was skipped. */
  readonly detail: string;
  readonly ms: number;
}

export interface SuiteRun {
  readonly rig: PlatformRig;
  readonly parallel: number;
  /** Only cases whose title has this text. */
  readonly only: string;
  /** Aborting lets the running cases end and skips the rest. */
  readonly signal: AbortSignal;
  readonly onResult: (result: CaseResult) => void;
}

const CUT_IS_LOCAL = 'nobody can cut the way to this platform';

/** Runs every case once: those with services of their own beside each other, the others in turn. */
export async function runSuite(run: SuiteRun): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  const note = (result: CaseResult): void => {
    results.push(result);
    run.onResult(result);
  };
  const own = DEPLOYMENT_SUITE.filter(({ services }) => services === 'own');
  const shared = DEPLOYMENT_SUITE.filter(({ services }) => services === 'shared');
  await inParallel(run, chosen(run, own), note);
  for (const [group, one] of chosen(run, shared)) {
    note(await attempt(run, group, { ...one, run: (rig) => afterReset(rig, one) }));
  }
  await runUnreachable(run, note);
  return results;
}

type Chosen = readonly (readonly [CaseGroup, ConformanceCase])[];

function chosen({ only }: SuiteRun, groups: readonly CaseGroup[]): Chosen {
  return groups
    .flatMap((group) => group.cases.map((one) => [group, one] as const))
    .filter(([group, one]) => titleOf(group, one).includes(only));
}

async function inParallel(
  run: SuiteRun,
  cases: Chosen,
  note: (result: CaseResult) => void,
): Promise<void> {
  const waiting = [...cases];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      note(await attempt(run, ...next));
    }
  };
  await Promise.all(Array.from({ length: run.parallel }, worker));
}

async function runUnreachable(run: SuiteRun, note: (result: CaseResult) => void): Promise<void> {
  const { cut } = run.rig.platform;
  const cases = chosen(run, [unreachable]);
  if (cut === null) {
    for (const [group, one] of cases) {
      note({ title: titleOf(group, one), outcome: 'skipped', detail: CUT_IS_LOCAL, ms: 0 });
    }
    return;
  }
  if (cases.length > 0 && !run.signal.aborted) await cut();
  for (const [group, one] of cases) note(await attempt(run, group, one));
}

async function afterReset(rig: PlatformRig, { run }: ConformanceCase): Promise<void> {
  await rig.resetShared();
  await run(rig);
}

async function attempt(
  { rig, signal }: SuiteRun,
  group: CaseGroup,
  one: ConformanceCase,
): Promise<CaseResult> {
  const title = titleOf(group, one);
  if (signal.aborted) return { title, outcome: 'skipped', detail: 'the run was stopped', ms: 0 };
  const began = performance.now();
  const ended = await one.run(rig).then(
    () => ({ outcome: 'kept' as const, detail: '' }),
    (error: unknown) => ({ outcome: 'broken' as const, detail: wordsOf(error) }),
  );
  return { title, ...ended, ms: performance.now() - began };
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  return `${code}${error.message}`;
}
