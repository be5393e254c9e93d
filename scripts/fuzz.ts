import { runStep } from './steps/run-step.ts';

const ENTRY = 'services/gateway/tests/fuzz/run.ts';

/** `npm run fuzz [-- --inputs N --seed N --subject NAME]`: raw bytes against a real gateway. */
export async function main(args: readonly string[]): Promise<number> {
  const { status } = await runStep({ title: 'fuzz', command: [ENTRY, ...args] });
  return status;
}
