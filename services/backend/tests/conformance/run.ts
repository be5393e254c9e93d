/**
 * `npm run conformance:oip -- URL [--model NAME] [--header "name: value"]`
 * Asks a running server, ours or any other, whether it keeps the Open Inference Protocol v2. Ends
 * with 1 when it breaks a rule.
 */
import { parseArgs } from 'node:util';
import { readyModels, runConformance } from './run-conformance.ts';
import { Target } from './target.ts';

const HELP = `Usage: npm run conformance:oip -- URL [--model NAME]... [--header "name: value"]...
  URL       address of the server, without /v2
  --model   a model to ask; without it every ready one of the repository index
  --header  sent with every request, for a server that wants a key
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', multiple: true },
    header: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const [url] = positionals;

if (values.help || url === undefined) {
  process.stdout.write(HELP);
  process.exitCode = values.help ? 0 : 2;
} else {
  const headers = Object.fromEntries(values.header.map(splitHeader));
  process.exitCode = await report(new Target(url, headers), values.model);
}

function splitHeader(line: string): [string, string] {
  const at = line.indexOf(':');
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

async function report(target: Target, asked: readonly string[] | undefined): Promise<number> {
  const models = asked ?? (await readyModels(target));
  if (models.length === 0) {
    process.stdout.write('no ready model was found: name one with --model\n');
    return 1;
  }
  let failed = 0;
  for (const model of models) {
    process.stdout.write(`\n${model}\n`);
    for (const { name, outcome, reason } of await runConformance(target, model)) {
      process.stdout.write(`  ${outcome} ${name}${reason === undefined ? '' : `: ${reason}`}\n`);
      if (outcome === 'failed') failed += 1;
    }
  }
  process.stdout.write(`\n${failed === 0 ? 'no rule is broken' : `${failed} rules are broken`}\n`);
  return failed === 0 ? 0 : 1;
}
