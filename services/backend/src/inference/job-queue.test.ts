import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pace } from './admission.ts';
import { EmbedJob } from './embed-job.ts';
import type { InferenceError } from './inference-error.ts';
import { JobQueue } from './job-queue.ts';

const jobOf = (...costs: number[]): EmbedJob =>
  new EmbedJob(
    costs.map((cost) => ({ input: Array.from({ length: cost }, () => 1), truncate: true })),
    1_000,
  );
const paceOf = (perSecond: number): Pace => {
  return { now: () => 0, perSecond: () => perSecond, perLane: () => perSecond };
};
const roomy = { maxTokens: 100_000, maxItems: 10_000 };

describe('the job queue', () => {
  it('gives out every item once, in order within a job, within the dispatch limits', () => {
    const jobs = fc.array(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(jobs, (all) => {
        const queue = new JobQueue(roomy, paceOf(1));
        const made = all.map((costs) => jobOf(...costs));
        for (const job of made) queue.add(job);
        const seen = new Map(made.map((job) => [job, 0]));
        for (let slices = queue.take({ maxTokens: 60, maxItems: 8 }); slices.length > 0;) {
          expect(slices.reduce((sum, { items }) => sum + items.length, 0)).toBeLessThanOrEqual(8);
          for (const { job, from, items } of slices) {
            expect(from).toBe(seen.get(job));
            seen.set(job, from + items.length);
          }
          slices = queue.take({ maxTokens: 60, maxItems: 8 });
        }
        for (const job of made) expect(seen.get(job)).toBe(job.items.length);
        expect(queue.depth).toBe(0);
      }),
    );
  });

  it('lets a small job pass after one dispatch of a big one', () => {
    const queue = new JobQueue(roomy, paceOf(1));
    const big = jobOf(10, 10, 10, 10);
    const small = jobOf(10);
    queue.add(big);
    queue.add(small);
    expect(queue.take({ maxTokens: 20, maxItems: 8 }).map(({ job }) => job)).toEqual([big]);
    expect(queue.take({ maxTokens: 20, maxItems: 8 })[0]?.job).toBe(small);
  });

  it('does not split a job between dispatches that one can carry', () => {
    const queue = new JobQueue(roomy, paceOf(1));
    const jobs = [jobOf(10, 10), jobOf(10, 10), jobOf(10)];
    for (const job of jobs) queue.add(job);
    const taken = [1, 2].map(() => queue.take({ maxTokens: 30, maxItems: 8 }));
    expect(taken.map((slices) => slices.map(({ items }) => items.length))).toEqual([[2], [2, 1]]);
  });

  it('refuses what would wait longer than its client does, and says when it has a chance', () => {
    const queue = new JobQueue(roomy, paceOf(100));
    const alone = jobOf(500);
    queue.add(alone, 1);
    const slices = queue.take();
    // 500 tokens run, so 100 more are done in 6 s: half of 12.
    expect(() => queue.add(jobOf(100), 11_900)).toThrow(
      expect.objectContaining({ code: 'queue_full', retryAfterSeconds: 1 }),
    );
    queue.add(jobOf(100), 12_000);
    expect(() => queue.add(jobOf(100), 2_800)).toThrow(
      expect.objectContaining({ code: 'queue_full', retryAfterSeconds: 6 }),
    );
    queue.finished(slices);
    queue.add(jobOf(100), 4_000);
    expect(queue.depth).toBe(2);
  });

  it('gives each refused client the moment when there is room for it, one after the other', () => {
    const queue = new JobQueue({ maxTokens: 1_000, maxItems: 10 }, paceOf(100));
    queue.add(jobOf(900));
    const told = [300, 299, 298].map((cost) => {
      try {
        queue.add(jobOf(cost));
        return 'taken';
      } catch (error) {
        return (error as InferenceError).retryAfterSeconds;
      }
    });
    // 200 tokens too many at 100 a second; then each has the seconds that its own work takes.
    expect(told).toEqual([2, 7, 12]);
  });

  it('frees what a dropped job held', () => {
    const queue = new JobQueue({ maxTokens: 1_000, maxItems: 10 }, paceOf(100));
    const job = jobOf(600);
    queue.add(job);
    queue.drop(job);
    queue.add(jobOf(1_000));
    expect(queue.depth).toBe(1);
  });
});
