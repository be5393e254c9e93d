import process from 'node:process';
import { buildIfStale } from './build/build-console.ts';
import { runStep } from './steps/run-step.ts';
import { storiesStep, windowEnvironment } from './steps/test-steps.ts';

/** `npm run e2e [-- playwright's options]`: the stories alone. */
export async function main(args: readonly string[]): Promise<number> {
  await buildIfStale();
  const { env, close } = await windowEnvironment();
  try {
    const stories = storiesStep(args, env);
    if (!stories) {
      process.stderr.write('There is no e2e/playwright.config.ts.\n');
      return 1;
    }
    const { status, counts } = await runStep(stories);
    process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
    return status;
  } finally {
    close();
  }
}
