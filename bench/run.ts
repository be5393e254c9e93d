/**
 * `npm run bench -- [SUBJECT ...] [--json FILE] [--smoke] [--soak MINUTES] [--overload SECONDS] [--setup]`
 * Measures each subject beside its peers in one run and fails when a figure breaks its hard limit.
 */
import { parseArgs } from 'node:util';
import type { Figure } from './figure.ts';
import { breaksLimit } from './figure.ts';
import { installPeers } from './peers.ts';
import { figureTable, writeFigures } from './print-figures.ts';
import type { BenchOptions, Subject } from './subject.ts';

const SUBJECTS: Readonly<Record<string, () => Promise<Subject>>> = {
  gateway: async () => (await import('./gateway.bench.ts')).measureGateway,
  backend: async () => (await import('./backend.bench.ts')).measureBackend,
  keys: async () => (await import('./keys.bench.ts')).measureKeys,
  revocation: async () => (await import('./revocation.bench.ts')).measureRevocation,
  quality: async () => (await import('./quality.bench.ts')).measureQuality,
  console: async () => (await import('./console.bench.ts')).measureConsole,
  'local-cloud': async () => (await import('./local-cloud.bench.ts')).measureLocalCloud,
  deploy: async () => (await import('./deploy.bench.ts')).measureDeploy,
};

/** Measured by another subject too: only when they are named. */
const PARTS: ReadonlySet<string> = new Set(['deploy']);

const WHOLE = Object.keys(SUBJECTS).filter((name) => !PARTS.has(name));

const HELP = `Usage: npm run bench -- [SUBJECT ...] [--json FILE] [--smoke] [--soak MINUTES] [--overload SECONDS] [--setup]

Subjects: ${Object.keys(SUBJECTS).join(', ')} (all when none is named; deploy is a part of local-cloud)

  --json FILE   also write the figures as JSON
  --smoke       few samples: shows that it runs, not how fast it is; no limit is applied
  --soak MIN    also: the gateway under full load for ten minutes and then so many, does its memory grow
  --overload S  also: the backend under four times its load for so many seconds
  --setup       install the peers (Debian's nginx, haproxy, wrk) and stop
`;

async function measure(names: readonly string[], options: BenchOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const name of names) {
    const load = SUBJECTS[name];
    if (load === undefined) throw new Error(`There is no subject "${name}".\n\n${HELP}`);
    process.stdout.write(`measuring ${name} ...\n`);
    const subject = await load();
    figures.push(...(await subject(options)));
  }
  return figures;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      smoke: { type: 'boolean', default: false },
      soak: { type: 'string' },
      overload: { type: 'string' },
      setup: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (values.setup) return await installPeers();
  const names = positionals.length > 0 ? positionals : WHOLE;
  const figures = await measure(names, {
    smoke: values.smoke,
    soakMinutes: values.soak === undefined ? undefined : Number(values.soak),
    overloadSeconds: values.overload === undefined ? undefined : Number(values.overload),
  });
  process.stdout.write(`\n${figureTable(figures)}\n`);
  if (values.json !== undefined) await writeFigures(values.json, figures);
  // A few samples on a busy machine say that it runs, not how fast: limits bind whole runs only.
  const over = values.smoke ? [] : figures.filter(breaksLimit);
  if (over.length > 0) {
    process.stderr.write(`Over the limit: ${over.map((entry) => entry.id).join(', ')}\n`);
  }
  return over.length > 0 ? 1 : 0;
}

process.exitCode = await main();
