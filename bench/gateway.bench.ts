import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { figure } from './budgets.ts';
import { bundleGateway } from './bundle-gateway.ts';
import type { Child } from './child.ts';
import { freePort, startChild, untilAnswers } from './child.ts';
import type { Figure } from './figure.ts';
import { median } from './figure.ts';
import { findProgram } from './peers.ts';
import type { BenchOptions } from './subject.ts';

const run = promisify(execFile);
const COMMAND = 'npm run bench -- gateway';
const KEY = 'bench-key-of-forty-characters-0123456789';
const BARE = join(import.meta.dirname, 'peers-programs/bare-http.mjs');

/** The proxies and servers run on processor 0, the upstream and the load on processor 1. */
const UNDER_TEST = 0;
const AROUND = 1;

interface Candidate {
  readonly name: string;
  readonly url: string;
}

/** Everything that one run of the subject started, in the order of starting. */
class Stage {
  readonly #children: Child[] = [];
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  start(command: readonly string[], env: Readonly<Record<string, string>>, cpu: number): Child {
    const child = startChild(command, { env, cpu });
    this.#children.push(child);
    return child;
  }

  async close(): Promise<void> {
    for (const child of this.#children.reverse()) await child.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function startNginx(stage: Stage, name: string, server: string): Promise<void> {
  const nginx = await findProgram('nginx');
  if (nginx === null) throw new Error('nginx is not installed');
  const file = join(stage.folder, `${name}.conf`);
  const config = `
worker_processes 1; daemon off; pid ${stage.folder}/${name}.pid; error_log ${stage.folder}/${name}.log;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 100000000;
  client_body_temp_path ${stage.folder}; proxy_temp_path ${stage.folder}; fastcgi_temp_path ${stage.folder};
  uwsgi_temp_path ${stage.folder}; scgi_temp_path ${stage.folder};
${server}
}`;
  await writeFile(file, config);
  stage.start(
    [nginx, '-c', file, '-p', stage.folder],
    {},
    name === 'upstream' ? AROUND : UNDER_TEST,
  );
}

/** The upstream that all proxies stand in front of: nginx where it is there, else node:http. */
async function startUpstream(stage: Stage, hasNginx: boolean): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  if (hasNginx) {
    const json = '{"status":"ok","message":"a small answer of about one hundred bytes","n":1}';
    await startNginx(
      stage,
      'upstream',
      `server { listen 127.0.0.1:${port}; default_type application/json; location / { return 200 '${json}'; } }`,
    );
  } else {
    stage.start([process.execPath, BARE], { PORT: String(port) }, AROUND);
  }
  await untilAnswers(url, 5000);
  return url;
}

async function startCandidates(stage: Stage, bundle: string): Promise<readonly Candidate[]> {
  const hasNginx = (await findProgram('nginx')) !== null;
  const upstream = await startUpstream(stage, hasNginx);
  const [gatewayPort, nodePort, nginxPort] = [await freePort(), await freePort(), await freePort()];
  const env = {
    PORT: String(gatewayPort),
    HOST: '127.0.0.1',
    UPSTREAM_URL: upstream,
    API_KEYS: KEY,
  };
  stage.start([process.execPath, bundle], env, UNDER_TEST);
  stage.start([process.execPath, BARE], { PORT: String(nodePort) }, UNDER_TEST);
  const candidates = [
    { name: 'gateway', url: `http://127.0.0.1:${gatewayPort}` },
    { name: 'node:http', url: `http://127.0.0.1:${nodePort}` },
  ];
  if (hasNginx) {
    await startNginx(
      stage,
      'proxy',
      `upstream u { server ${upstream.slice('http://'.length)}; keepalive 64; keepalive_requests 100000000; }
       server { listen 127.0.0.1:${nginxPort}; location / { proxy_pass http://u; proxy_http_version 1.1; proxy_set_header Connection ""; } }`,
    );
    candidates.push({ name: 'nginx', url: `http://127.0.0.1:${nginxPort}` });
  }
  await untilAnswers(`${candidates[0]?.url ?? ''}/health/live`, 10_000);
  for (const { url } of candidates.slice(1)) await untilAnswers(url, 5000);
  return candidates;
}

async function requestsPerSecond(wrk: string, url: string, seconds: number): Promise<number> {
  const { stdout } = await run('taskset', [
    ...['-c', String(AROUND), wrk, '-t1', '-c64', `-d${seconds}s`],
    ...['-H', `x-api-key: ${KEY}`, `${url}/api/v1/omni/summary`],
  ]);
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(stdout);
  if (failed !== null) throw new Error(`${url}: ${failed[1] ?? ''} answers were not 200`);
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(stdout);
  if (rate?.[1] === undefined) throw new Error(`wrk printed no rate:\n${stdout}`);
  return Number(rate[1]);
}

type Rates = Readonly<Record<string, readonly number[]>>;

async function measureRates(
  candidates: readonly Candidate[],
  options: BenchOptions,
): Promise<Rates | null> {
  const wrk = await findProgram('wrk');
  if (wrk === null || (await findProgram('taskset')) === null) return null;
  const [rounds, seconds] = options.smoke ? [1, 1] : [5, 4];
  const rates: Record<string, number[]> = {};
  for (const { url } of candidates) await requestsPerSecond(wrk, url, 1);
  for (let round = 0; round < rounds; round += 1) {
    // Interleaved, so that a drift of the machine's speed touches all alike.
    for (const { name, url } of candidates) {
      (rates[name] ??= []).push(await requestsPerSecond(wrk, url, seconds));
    }
  }
  return rates;
}

async function spawnMs(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  path: string,
): Promise<number> {
  const port = await freePort();
  const started = performance.now();
  const child = startChild(command, { env: { ...env, PORT: String(port) } });
  await untilAnswers(`http://127.0.0.1:${port}${path}`, 10_000);
  const elapsed = performance.now() - started;
  await child.stop();
  return elapsed;
}

async function measureSpawn(bundle: string, options: BenchOptions): Promise<Figure> {
  const rounds = options.smoke ? 3 : 15;
  const env = { HOST: '127.0.0.1', UPSTREAM_URL: 'http://127.0.0.1:9', API_KEYS: KEY };
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await spawnMs([process.execPath, bundle], env, '/health/live'));
    bare.push(await spawnMs([process.execPath, BARE], {}, '/'));
  }
  const ratios = ours.map((value, index) => value / (bare[index] ?? Number.NaN));
  const peers = { 'gateway ms': median(ours), 'node:http ms': median(bare) };
  return figure('gateway.spawn_ratio', {
    value: median(ratios),
    samples: rounds,
    command: COMMAND,
    peers,
  });
}

function ratioFigure(
  id: 'gateway.ratio_nginx' | 'gateway.ratio_node_http',
  peer: string,
  rates: Rates | null,
): Figure {
  const ours = rates?.['gateway'] ?? [];
  const theirs = rates?.[peer] ?? [];
  const ratios = theirs.map((value, index) => (ours[index] ?? Number.NaN) / value);
  return figure(id, {
    value: median(ratios),
    samples: ratios.length,
    command: COMMAND,
    peers: { 'gateway req/s': median(ours), [`${peer} req/s`]: median(theirs) },
    ...(theirs.length === 0 ? { note: 'npm run bench -- --setup installs the peers' } : {}),
  });
}

/**
 * The gateway with keys, metrics and JSON logs on, beside a bare nginx proxy and a bare node:http
 * server that answers by itself; and its time from spawn to the first answer.
 */
export async function measureGateway(options: BenchOptions): Promise<readonly Figure[]> {
  const stage = new Stage(await mkdtemp(join(tmpdir(), 'omni-bench-')));
  try {
    const bundle = await bundleGateway(stage.folder);
    const rates = await measureRates(await startCandidates(stage, bundle), options);
    return [
      ratioFigure('gateway.ratio_nginx', 'nginx', rates),
      ratioFigure('gateway.ratio_node_http', 'node:http', rates),
      await measureSpawn(bundle, options),
    ];
  } finally {
    await stage.close();
  }
}
