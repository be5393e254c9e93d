import process from 'node:process';
import { buildIfStale } from './build/build-console.ts';
import { runStep, type StepResult, totalOf } from './steps/run-step.ts';
import { storiesStep, unitStep, windowEnvironment } from './steps/test-steps.ts';

/** `npm test`: every test there is; the last line holds the counts. */
export async function main(): Promise<number> {
  await buildIfStale();
  const results: StepResult[] = [await runStep(unitStep())];
  const { env, close } = await windowEnvironment();
  try {
    const stories = storiesStep([], env);
    if (stories) results.push(await runStep(stories));
  } finally {
    close();
  }
  const { passed, failed } = totalOf(results);
  const broken = results.filter(({ status }) => status !== 0).map(({ title }) => title);
  process.stdout.write(
    `\n${broken.length === 0 ? 'all tests passed' : `failed: ${broken.join(', ')}`}\n`,
  );
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return broken.length === 0 ? 0 : 1;
}
