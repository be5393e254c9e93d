import { setTimeout as wait } from 'node:timers/promises';

const PAUSE_MS = 10;

/** Asks until the answer is neither null nor false; fails with the question when time is over. */
export async function until<T>(
  question: string,
  ask: () => T | null | false | Promise<T | null | false>,
  withinMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${question}`);
    await wait(PAUSE_MS);
  }
}
