import type { CanaryEvaluation, CanaryState } from '../../../shared/domain/canary.ts';
import type { MeteredService } from '../../../shared/domain/latency-board.ts';
import type { Core } from '../core.ts';
import type { OperationRun } from '../operations/operation-run.ts';
import { askBackend } from './ask-backend.ts';
import { judgeLocally, toEvaluation } from './judge-canary.ts';

/** A window never reaches further back, however long a step lasts. */
const LONGEST_WINDOW_MS = 900_000;
/** Numbers that are older than this say nothing about now. */
const STALE_AFTER_MS = 15_000;

/** Looks at both revisions over the same window and says what that means. Moves nothing. */
export async function evaluateNow(
  core: Core,
  run: OperationRun,
  { service, state }: { readonly service: MeteredService; readonly state: CanaryState },
): Promise<CanaryEvaluation> {
  const at = core.ports.clock.now();
  const since = Math.max(state.windowSince ?? at, at - LONGEST_WINDOW_MS);
  const { revision, stable, settings } = state;
  const { until, revisions } = await core.ports.metrics.compareRevisions({
    service,
    revisions: [stable, revision],
    since,
  });
  const [stableTraffic, canaryTraffic] = revisions;
  const frame = {
    at,
    percent: state.weightSet,
    windowSeconds: Math.max(0, Math.round(((until ?? at) - since) / 1000)),
  };
  if (until === null || at - until > STALE_AFTER_MS || !stableTraffic || !canaryTraffic) {
    return { ...frame, ...noMetrics(until, at) };
  }
  const arms = { stable: stableTraffic, canary: canaryTraffic };
  const own = judgeLocally(arms, settings);
  // A canary of the backend would be judged by itself: its own word doesn't count.
  const isJudge = service === 'backend';
  const backend = isJudge ? null : await askBackend(core, run, { arms, settings });
  return { ...frame, ...toEvaluation(arms, settings, { own, backend }) };
}

function noMetrics(
  until: number | null,
  at: number,
): Pick<CanaryEvaluation, 'samples' | 'gates' | 'verdict' | 'judgedBy' | 'reasons'> {
  const age = until === null ? null : Math.round((at - until) / 1000);
  return {
    samples: { stable: 0, canary: 0 },
    gates: [],
    verdict: 'hold',
    judgedBy: 'console',
    reasons: [
      age === null ? 'nothing was measured yet' : `the newest measurement is ${String(age)} s old`,
    ],
  };
}
