import { describe, expect, it } from 'vitest';
import { DEFAULT_CANARY } from '../../../shared/domain/canary-settings.ts';
import type { RevisionTraffic } from '../../ports/metrics-source.ts';
import type { CanaryArms } from './judge-canary.ts';
import { judgeLocally, toEvaluation } from './judge-canary.ts';

const BOUNDS = [0.01, 0.05, 0.1, 0.5];

function traffic(change: Partial<RevisionTraffic> = {}): RevisionTraffic {
  const { requests = 1_000 } = change;
  return {
    revision: 'r',
    requests,
    serverErrors: 0,
    bounds: BOUNDS,
    counts: [requests * 0.6, requests * 0.3, requests * 0.09, requests * 0.01, 0].map(Math.round),
    p95Ms: 70,
    p99Ms: 100,
    ...change,
  };
}

const silent = traffic({ requests: 0, counts: [], bounds: [], p95Ms: null, p99Ms: null });

function evaluate(
  canary: Partial<RevisionTraffic>,
  stable: Partial<RevisionTraffic> = {},
): ReturnType<typeof toEvaluation> {
  const arms: CanaryArms = { stable: traffic(stable), canary: traffic(canary) };
  const own = judgeLocally(arms, DEFAULT_CANARY);
  return toEvaluation(arms, DEFAULT_CANARY, { own, backend: null });
}

const verdictsOf = ({ gates }: ReturnType<typeof toEvaluation>): string[] =>
  gates.map(({ id, verdict }) => `${id} ${verdict}`);

describe('evaluation of a canary', () => {
  it('passes two revisions that are alike, and says who judged', () => {
    expect(evaluate({})).toMatchObject({ verdict: 'pass', judgedBy: 'console' });
  });

  it('fails at 5 % errors with 200 requests of each', () => {
    const failing = evaluate({ requests: 200, serverErrors: 10 }, { requests: 200 });
    expect(failing.verdict).toBe('fail');
    expect(failing.reasons[0]).toBe('errors are 5.00 % against 0.00 %, more than 1.00 % above');
  });

  it('fails before there are enough samples when hardly anything works', () => {
    expect(evaluate({ requests: 20, serverErrors: 20 })).toMatchObject({ verdict: 'fail' });
  });

  it('holds when errors may be chance', () => {
    const unsure = evaluate({ requests: 200, serverErrors: 3 }, { requests: 200 });
    expect(unsure.verdict).toBe('hold');
    expect(verdictsOf(unsure)).toContain('errors unsure');
    expect(unsure.reasons[0]).toMatch(/may be chance/);
  });

  it.each([
    ['a silent canary', silent, {}, /no request reached the canary/],
    ['silence', silent, silent, /either revision/],
    ['too few requests', { requests: 150 }, {}, /150 of 200/],
    ['a silent stable revision', {}, silent, /0 of the stable/],
  ])('holds on %s, whatever else', (_, canary, stable, reason) => {
    const held = evaluate(canary, stable);
    expect(held.verdict).toBe('hold');
    expect(held.reasons[0]).toMatch(reason);
    expect(verdictsOf(held).filter((words) => words.endsWith('pass'))).toEqual([]);
  });

  it('fails a canary that is slower, and one whose tail alone is', () => {
    const slow = evaluate({ counts: [0, 100, 600, 300, 0], p95Ms: 400, p99Ms: 450 });
    expect(verdictsOf(slow)).toEqual(['samples pass', 'errors pass', 'p95 fail', 'p99 fail']);
    const tail = evaluate({ counts: [600, 300, 40, 60, 0], p95Ms: 80, p99Ms: 400 });
    expect(verdictsOf(tail)).toEqual(['samples pass', 'errors pass', 'p95 pass', 'p99 fail']);
    expect(tail.reasons).toEqual(["p99 is 4.00 times the stable revision's, the limit is 1.5"]);
  });

  it('does not take a millisecond for a regression', () => {
    const quick = { p95Ms: 1, p99Ms: 2 };
    expect(evaluate({ p95Ms: 2, p99Ms: 3.5 }, quick).verdict).toBe('pass');
  });

  it.each([
    ['promote', 'pass'],
    ['hold', 'hold'],
    ['rollback', 'fail'],
  ] as const)('with a backend that says %s, good gates lead to %s', (said, verdict) => {
    const arms = { stable: traffic(), canary: traffic() };
    const own = judgeLocally(arms, DEFAULT_CANARY);
    const backend = { verdict: said, reasons: ['because'] };
    const made = toEvaluation(arms, DEFAULT_CANARY, { own, backend });
    expect(made).toMatchObject({ verdict, judgedBy: 'backend' });
  });

  it('holds on too few requests although the backend warns: it saw no more than they are', () => {
    const arms = { stable: traffic(), canary: traffic({ requests: 50 }) };
    const own = judgeLocally(arms, DEFAULT_CANARY);
    const backend = { verdict: 'rollback', reasons: ['slow'] } as const;
    expect(toEvaluation(arms, DEFAULT_CANARY, { own, backend }).verdict).toBe('hold');
  });

  it('never passes bad gates because the backend likes them', () => {
    const backend = { verdict: 'promote', reasons: ['fine'] } as const;
    for (const bad of [traffic({ serverErrors: 50 }), silent]) {
      const arms = { stable: traffic(), canary: bad };
      const own = judgeLocally(arms, DEFAULT_CANARY);
      expect(toEvaluation(arms, DEFAULT_CANARY, { own, backend }).verdict).not.toBe('pass');
    }
  });
});
