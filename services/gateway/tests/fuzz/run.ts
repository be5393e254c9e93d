/**
 * `npm run fuzz -- [--inputs N] [--seed N] [--subject NAME] [--index N] [--connections N]`
 * Raw bytes against a real gateway in front of an upstream that reads to the letter. Ends with 1
 * and the smallest input that shows it when anything is found.
 */
import { parseArgs } from 'node:util';
import { hostileAnswer } from './answers.ts';
import type { FuzzInput, Subject } from './inputs.ts';
import { makeInput, SUBJECTS } from './inputs.ts';
import { memoryGrowth } from './memory-growth.ts';
import type { Finding, RunReport, Sample } from './run-inputs.ts';
import { runInputs } from './run-inputs.ts';
import { shrink } from './shrink.ts';

const HELP = `Usage: npm run fuzz -- [--inputs 1000000] [--seed 1] [--subject ${SUBJECTS.join('|')}] [--index N]
  --index N   only input number N, as a finding names it
`;

/** Time to look for the input that shows a finding alone. */
const EXPLAIN_MS = 120_000;

interface Options {
  seed: number;
  subject: Subject | undefined;
  connections: number;
}

function readOptions(): Options & { inputs: number; index: number | undefined; help: boolean } {
  const { values } = parseArgs({
    options: {
      inputs: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
      subject: { type: 'string' },
      index: { type: 'string' },
      connections: { type: 'string', default: '256' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const subject = SUBJECTS.find((each) => each === values.subject);
  if (values.subject !== undefined && subject === undefined) throw new Error(HELP);
  return {
    seed: Number(values.seed),
    subject,
    connections: Number(values.connections),
    inputs: Number(values.inputs),
    index: values.index === undefined ? undefined : Number(values.index),
    help: values.help,
  };
}

function showProgress(total: number): (sample: Sample) => void {
  const startedAt = performance.now();
  let shownAt = startedAt;
  return ({ done, rssMb }) => {
    const now = performance.now();
    if (now - shownAt < 10_000) return;
    shownAt = now;
    const rate = Math.round(done / ((now - startedAt) / 1_000));
    process.stdout.write(`${done} of ${total}, ${rate} inputs/s, ${rssMb.toFixed(0)} MB\n`);
  };
}

/** One input alone, on a gateway of its own. */
function alone(options: Options, input: FuzzInput): Promise<RunReport> {
  const { seed } = options;
  return runInputs({ seed, inputs: 1, connections: 1, deadlineMs: 3_000, input: () => input });
}

async function explain(options: Options, finding: Finding): Promise<void> {
  process.stdout.write(`\nFOUND: ${finding.what}\nseed ${options.seed}\n`);
  if (finding.bytes !== undefined) process.stdout.write(`seen: ${shown(finding.bytes)}\n`);
  showSuspect(options, finding);
  const until = performance.now() + EXPLAIN_MS;
  for (const suspect of finding.suspects) {
    if (performance.now() > until) break;
    const fails = async (input: FuzzInput): Promise<boolean> => {
      const again = (await alone(options, input)).finding;
      return again !== null && kindOf(again) === kindOf(finding);
    };
    const smallest = await shrink(suspect, fails);
    if (smallest === null) continue;
    const why = (await alone(options, smallest)).finding?.what ?? '';
    process.stdout.write(
      `input ${suspect.index} (${suspect.subject}): ${shown(suspect.bytes)}\n` +
        `smallest: ${shown(smallest.bytes)}\nshows: ${why}\n`,
    );
    return;
  }
  const indexes = finding.suspects.map(({ index }) => index).join(', ');
  process.stdout.write(`No input shows it alone. Under way were: ${indexes}\n`);
}

/** Where one input alone is suspected: what was sent, and what the upstream answered. */
function showSuspect({ seed }: Options, { suspects }: Finding): void {
  const [only, second] = suspects;
  if (only === undefined || second !== undefined) return;
  process.stdout.write(`input ${only.index} (${only.subject}): ${shown(only.bytes)}\n`);
  if (only.subject !== 'upstream') return;
  const answer = hostileAnswer(seed, only.index);
  process.stdout.write(`answered with: ${shown(answer.bytes)}${answer.close ? ', closed' : ''}\n`);
}

/** What a finding is, without what differs from input to input. */
const kindOf = ({ what }: Finding): string => what.split(':')[0] ?? what;

const shown = (bytes: Buffer): string => JSON.stringify(bytes.toString('latin1'));

function conclude(report: RunReport): void {
  const { before, after, perMillion } = memoryGrowth(report.samples);
  const rate = Math.round(report.done / report.seconds);
  process.stdout.write(
    `${report.done} inputs in ${report.seconds.toFixed(0)} s (${rate} inputs/s), ` +
      `${report.admitted} requests reached the upstream, ` +
      `${before.toFixed(0)} MB -> ${after.toFixed(0)} MB (${perMillion.toFixed(1)} MB per million inputs)\n`,
  );
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { inputs, index } = options;
  const only = index === undefined ? undefined : makeInput(options, index);
  const report =
    only === undefined
      ? await runInputs({
          ...options,
          deadlineMs: 15_000,
          input: (at) => makeInput(options, at),
          onSample: showProgress(inputs),
        })
      : await alone(options, only);
  conclude(report);
  if (only !== undefined) process.stdout.write(`${shown(only.bytes)}\n`);
  if (report.finding === null) return 0;
  await explain(options, report.finding);
  return 1;
}

process.exit(await main());
