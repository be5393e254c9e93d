import { describe, expect, it } from 'vitest';
import { DomainError } from '../../ports/domain-error.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import type { Polling } from './poll-operation.ts';
import { LOCAL_POLLING, pollUntilDone, REMOTE_POLLING } from './poll-operation.ts';

const away = new DomainError({
  code: 'TARGET_UNREACHABLE',
  message: 'away',
  nextStep: 'wait',
  retryable: true,
});

/** Polls with scripted answers, and says when it asked. */
async function poll(
  answers: (elapsedMs: number) => string | null,
  polling: Polling = LOCAL_POLLING,
  mark: (elapsedMs: number) => string = String,
): Promise<{ asked: number[]; outcome: unknown }> {
  const clock = new ManualClock({ hurried: true });
  const began = clock.now();
  const asked: number[] = [];
  const outcome: unknown = await pollUntilDone<string>({
    polling,
    clock,
    signal: new AbortController().signal,
    subject: 'The change',
    ask: () => {
      asked.push(clock.now() - began);
      const elapsed = clock.now() - began;
      return new Promise((resolve) => resolve({ outcome: answers(elapsed), mark: mark(elapsed) }));
    },
  }).catch((error: unknown) => error);
  return { asked, outcome };
}

describe('pollUntilDone', () => {
  it('asks at once, then less and less often, at least once a second', async () => {
    const { asked, outcome } = await poll((elapsed) => (elapsed > 20_000 ? 'done' : null));
    expect(outcome).toBe('done');
    expect(asked.slice(0, 3)).toEqual([0, 15, 39]);
    const pauses = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
    expect(Math.max(...pauses)).toBe(1_000);
  });

  it('asks a real platform every half second to two seconds (R10)', async () => {
    const done = (elapsed: number): string | null => (elapsed > 30_000 ? 'done' : null);
    const { asked } = await poll(done, REMOTE_POLLING);
    const pauses = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
    expect(pauses[0]).toBe(500);
    expect(Math.max(...pauses)).toBe(2_000);
  });

  it('outlasts a platform that is away for a moment', async () => {
    const { outcome } = await poll((elapsed) => {
      if (elapsed > 100 && elapsed < 9_000) throw away;
      return elapsed > 10_000 ? 'done' : null;
    });
    expect(outcome).toBe('done');
  });

  it('gives up when the platform stays away', async () => {
    const { outcome, asked } = await poll(() => {
      throw away;
    });
    expect(outcome).toBe(away);
    expect(asked.at(-1)).toBeGreaterThan(LOCAL_POLLING.unreachableMs);
  });

  it('ends with a TIMEOUT that names what was waited for', async () => {
    const { outcome } = await poll(() => null);
    expect(outcome).toMatchObject({ code: 'TIMEOUT' });
    expect(String(outcome)).toContain('The change did not end within 10 minutes.');
  });

  it('ends at any other failure', async () => {
    const { outcome } = await poll(() => {
      throw new TypeError('broken');
    });
    expect(outcome).toBeInstanceOf(TypeError);
  });

  it('gives up on a platform that answers and does not move (R10)', async () => {
    const { asked, outcome } = await poll(
      () => null,
      REMOTE_POLLING,
      () => 'starting',
    );
    expect(outcome).toMatchObject({
      code: 'TIMEOUT',
      message: 'The change has not moved for 10 minutes.',
    });
    expect(asked.at(-1)).toBeLessThan(11 * 60_000);
  });

  it('waits longer while something moves, and not for ever', async () => {
    const { asked, outcome } = await poll(() => null, REMOTE_POLLING);
    expect(outcome).toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringContaining('30 minutes') as unknown,
    });
    expect(asked.at(-1)).toBeGreaterThan(29 * 60_000);
  });
});
