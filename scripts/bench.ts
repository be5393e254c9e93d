import { buildIfStale } from './build/build-console.ts';
import { runStep } from './steps/run-step.ts';
import { windowEnvironment } from './steps/test-steps.ts';

/** `npm run bench [-- SUBJECT ... --smoke --json FILE]`: figures against their budgets. */
export async function main(args: readonly string[]): Promise<number> {
  await buildIfStale();
  const { env, close } = await windowEnvironment();
  try {
    const { status } = await runStep({ title: 'bench', command: ['bench/run.ts', ...args], env });
    return status;
  } finally {
    close();
  }
}
