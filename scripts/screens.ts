import { buildIfStale } from './build/build-console.ts';
import { runStep } from './steps/run-step.ts';
import { windowEnvironment } from './steps/test-steps.ts';

/** `npm run screens`: the pictures of docs/screens, from the real app on a real stack. */
export async function main(args: readonly string[]): Promise<number> {
  await buildIfStale();
  const { env, close } = await windowEnvironment();
  try {
    const command = ['e2e/take-screens.ts', ...args];
    const { status } = await runStep({ title: 'screens', command, env });
    return status;
  } finally {
    close();
  }
}
