import process from 'node:process';
import { runStep, type Step, type StepResult } from './steps/run-step.ts';

const eslint = ['node_modules/eslint/bin/eslint.js', '--config', '.ci/eslint.config.js'];

/** Everything that is judged without running the product. */
const steps: readonly Step[] = [
  { title: 'types', command: ['node_modules/typescript/bin/tsc', '-b'] },
  { title: 'lint and walls', command: [...eslint, '--max-warnings', '0', '.'] },
  {
    title: 'the walls themselves',
    command: ['node_modules/vitest/vitest.mjs', 'run', '--config', '.ci/vitest.config.ts', '.ci/'],
  },
  {
    title: 'formatting',
    command: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
  },
  {
    title: 'unused code',
    command: ['node_modules/knip/bin/knip.js', '--config', '.ci/knip.json', '--no-progress'],
  },
];

/** `npm run check`: runs them all, so that one run shows all there is to correct. */
export async function main(): Promise<number> {
  const results: StepResult[] = [];
  for (const step of steps) results.push(await runStep(step));
  const broken = results.filter(({ status }) => status !== 0).map(({ title }) => title);
  process.stdout.write(
    `\ncheck: ${broken.length === 0 ? 'ok' : `FAILED (${broken.join(', ')})`}\n`,
  );
  return broken.length === 0 ? 0 : 1;
}
