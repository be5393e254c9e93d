import { runStep } from './steps/run-step.ts';

const ENTRY = 'services/backend/tests/conformance/run.ts';

/** `npm run conformance:oip -- URL [--model NAME]`: the Open Inference Protocol, asked of a server. */
export async function main(args: readonly string[]): Promise<number> {
  const { status } = await runStep({ title: 'conformance', command: [ENTRY, ...args] });
  return status;
}
