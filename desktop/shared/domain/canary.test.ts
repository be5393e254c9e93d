import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanaryCommand, CanaryEvaluation, CanaryState } from './canary.ts';
import { canaryProblem, DEFAULT_CANARY } from './canary-settings.ts';
import {
  commanded,
  evaluated,
  evaluationDueAt,
  KEPT_EVALUATIONS,
  moved,
  newCanary,
  nextAction,
  resumedAt,
  started,
} from './canary.ts';

const SETTINGS = { ...DEFAULT_CANARY, intervalSeconds: 10, dwellSeconds: 20 };
const WHO = { revision: 'gateway-00002', stable: 'gateway-00001' };

function evaluation(
  verdict: CanaryEvaluation['verdict'],
  at: number,
  samples = 500,
): CanaryEvaluation {
  return {
    at,
    percent: 5,
    windowSeconds: 10,
    samples: { stable: samples, canary: samples },
    gates: [],
    verdict,
    judgedBy: 'console',
    reasons: [verdict],
  };
}

/** At 5 % since second 0. */
const atFirstStep = (): CanaryState => moved(started(newCanary(WHO, SETTINGS)), 0);

describe('canary', () => {
  it('begins with the first step and waits an interval before it judges', () => {
    const fresh = started(newCanary(WHO, SETTINGS));
    expect(nextAction(fresh, 0)).toEqual({ kind: 'move', to: 5 });
    const there = moved(fresh, 1_000);
    expect(there).toMatchObject({ weightSet: 5, moving: null, stepSince: 1_000 });
    expect(nextAction(there, 1_000)).toEqual({ kind: 'wait', until: 11_000 });
    expect(nextAction(there, 11_000)).toEqual({ kind: 'evaluate' });
  });

  it('takes the next step only when the dwell time is over', () => {
    const early = evaluated(atFirstStep(), evaluation('pass', 10_000));
    expect(early.moving).toBeNull();
    expect(evaluationDueAt(early)).toBe(20_000);
    const late = evaluated(early, evaluation('pass', 20_000));
    expect(nextAction(late, 20_000)).toEqual({ kind: 'move', to: 25 });
  });

  it('goes back to 0 % at the first evaluation that fails, and stays there', () => {
    const failing = evaluated(atFirstStep(), evaluation('fail', 10_000));
    expect(nextAction(failing, 10_000)).toEqual({ kind: 'move', to: 0 });
    const ended = moved(failing, 10_500);
    expect(ended.end).toMatchObject({ kind: 'aborted', by: 'console', reason: 'fail' });
    expect(evaluated(ended, evaluation('pass', 99_000))).toBe(ended);
    expect(commanded(ended, { kind: 'promote', reason: '' }, 99_000)).toBe(ended);
    expect(started(ended)).toBe(ended);
  });

  it('holds on silence, remembers since when, and goes on when data come', () => {
    const silent = evaluated(atFirstStep(), evaluation('hold', 10_000, 0));
    const still = evaluated(silent, evaluation('hold', 20_000, 0));
    expect(still.hold).toEqual({ by: 'console', reason: 'hold', since: 10_000 });
    expect(nextAction(still, 25_000)).toEqual({ kind: 'wait', until: 30_000 });
    expect(evaluated(still, evaluation('pass', 30_000))).toMatchObject({
      hold: null,
      moving: { to: 25 },
    });
  });

  it('moves nothing under a hold of a human, not even back, until a human lifts it', () => {
    const held = commanded(atFirstStep(), { kind: 'hold', reason: 'looking' }, 5_000);
    for (const verdict of ['pass', 'fail', 'hold'] as const) {
      const after = evaluated(held, evaluation(verdict, 60_000));
      expect(after).toMatchObject({ moving: null, hold: { by: 'human', reason: 'looking' } });
      expect(after.evaluations).toHaveLength(1);
    }
    const resumed = commanded(held, { kind: 'resume' }, 90_000);
    expect(resumed).toMatchObject({ hold: null, windowSince: 90_000, stepSince: 0 });
  });

  it('makes no step that was asked for before a human held it, also after a restart', () => {
    const asked = started(newCanary(WHO, SETTINGS));
    const held = commanded(asked, { kind: 'hold', reason: 'wait' }, 1_000);
    expect(nextAction(held, 1_000)).toEqual({ kind: 'wait', until: 11_000 });
    expect(resumedAt(held, 0, 2_000).moving).toBeNull();
    expect(commanded(held, { kind: 'resume' }, 3_000)).toMatchObject({
      hold: null,
      moving: { to: 5 },
    });
    const aborting = commanded(asked, { kind: 'abort', reason: 'no' }, 1_000);
    expect(commanded(aborting, { kind: 'resume' }, 2_000).moving?.to).toBe(0);
  });

  it('lets a human promote and abort at once', () => {
    const promoted = moved(commanded(atFirstStep(), { kind: 'promote', reason: 'sure' }, 1), 2);
    expect(promoted.end).toEqual({ kind: 'promoted', by: 'human', reason: 'sure', at: 2 });
    const aborted = moved(commanded(atFirstStep(), { kind: 'abort', reason: 'no' }, 1), 2);
    expect(aborted.end).toMatchObject({ kind: 'aborted', by: 'human' });
  });

  it('after a restart goes no step forward that was not made, and finishes an abort', () => {
    const stepping = evaluated(atFirstStep(), evaluation('pass', 30_000));
    expect(stepping.moving?.to).toBe(25);
    expect(resumedAt(stepping, 5, 60_000)).toMatchObject({ moving: null, windowSince: 60_000 });
    expect(resumedAt(stepping, 25, 60_000)).toMatchObject({ weightSet: 25, moving: null });
    const aborting = evaluated(atFirstStep(), evaluation('fail', 30_000));
    expect(resumedAt(aborting, 5, 60_000).moving).toMatchObject({ to: 0 });
    expect(resumedAt(aborting, 0, 60_000).end).toMatchObject({ kind: 'aborted' });
    expect(resumedAt(atFirstStep(), 80, 60_000).end).toMatchObject({ kind: 'superseded' });
    expect(resumedAt(newCanary(WHO, SETTINGS), 0, 60_000).moving).toMatchObject({ to: 5 });
  });

  it('remembers a bounded number of evaluations', () => {
    let state = atFirstStep();
    for (let at = 1; at <= KEPT_EVALUATIONS + 5; at += 1) {
      state = evaluated(state, evaluation('hold', at));
    }
    expect(state.evaluations).toHaveLength(KEPT_EVALUATIONS);
    expect(state.evaluations.at(-1)?.at).toBe(KEPT_EVALUATIONS + 5);
  });

  it.each([
    [{ steps: [5, 25] }, /last step is 100/],
    [{ steps: [100] }, /before 100/],
    [{ steps: [50, 25, 100] }, /larger than the one before/],
    [{ steps: [0.5, 100] }, /whole percents/],
    [{ minSamples: 5 }, /20 samples/],
    [{ intervalSeconds: 0 }, /one second/],
    [{ limits: { ...SETTINGS.limits, maxP95Ratio: 0.9 } }, /at least 1/],
    [{ probes: { perSecond: 1_000, budget: 10 } }, /at most 10 a second/],
  ])('refuses %j', (change, problem) => {
    expect(canaryProblem({ ...SETTINGS, ...change })).toMatch(problem);
  });

  it('accepts its defaults', () => {
    expect(canaryProblem(DEFAULT_CANARY)).toBeNull();
  });
});

type Happening =
  | { readonly kind: 'evaluated'; readonly verdict: CanaryEvaluation['verdict'] }
  | { readonly kind: 'moved' }
  | { readonly kind: 'restarted' }
  | { readonly kind: 'human'; readonly command: CanaryCommand };

const verdicts = fc.constantFrom('pass', 'hold', 'fail');
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: verdicts.map((verdict) => ({ kind: 'evaluated', verdict }) as const) },
  { weight: 6, arbitrary: fc.constant({ kind: 'moved' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restarted' } as const) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('hold', 'resume', 'abort')
      .map((kind) => ({ kind: 'human', command: { kind, reason: 'r' } }) as const),
  },
);
const steps = fc
  .uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 6 })
  .map((list) => [...list.sort((a, b) => a - b), 100]);

function happen(state: CanaryState, what: Happening, at: number): CanaryState {
  switch (what.kind) {
    case 'evaluated':
      return evaluated(state, evaluation(what.verdict, at));
    case 'moved':
      return moved(state, at);
    case 'restarted':
      return resumedAt(state, state.weightSet, at);
    case 'human':
      return commanded(state, what.command, at);
  }
}

describe('any sequence of evaluations, moves, restarts, holds and aborts', () => {
  it('keeps weights on the steps, one forward at a time and only after a pass', () => {
    fc.assert(
      fc.property(steps, fc.array(happening, { maxLength: 60 }), (list, happenings) => {
        const settings = { ...SETTINGS, steps: list };
        let state = started(newCanary(WHO, settings));
        happenings.forEach((what, index) => {
          const before = state;
          state = happen(before, what, index * 30_000);
          expect([0, ...list]).toContain(state.weightSet);
          const asked = state.moving;
          if (asked === null || asked === before.moving || asked.to === 0) return;
          const next = list.find((percent) => percent > before.weightSet);
          expect(asked.to).toBe(next);
          const passed = what.kind === 'evaluated' && what.verdict === 'pass';
          // The first step needs no proof; it is asked for again after a restart.
          expect(passed || before.weightSet === 0).toBe(true);
          // Only the human's own word lifts a hold.
          if (what.kind !== 'human') expect(before.hold?.by).not.toBe('human');
        });
        if (state.end !== null) expect([0, 100]).toContain(state.weightSet);
      }),
    );
  });

  it('never moves forward when no evaluation passed', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        let state = atFirstStep();
        const unproven = happenings.filter(
          (what) => what.kind !== 'evaluated' || what.verdict !== 'pass',
        );
        unproven.forEach((what, index) => {
          state = happen(state, what, index * 30_000);
          expect(state.weightSet).toBeLessThanOrEqual(5);
        });
      }),
    );
  });
});
