/** Prints what local-cloud costs: `node services/local-cloud/test-kit/measure.ts`. CPU times hold on a busy machine. */
import fs from 'node:fs';
import http from 'node:http';
import { scrapeTargets } from '@omni/contracts/local-cloud.ts';
import { build, create, deploy, setTraffic, shortName, tiny, toRevision } from './deploy.ts';
import { makeFolders, removeFolders, startHarness } from './local-cloud-harness.ts';
import type { Harness } from './local-cloud-harness.ts';
import { until } from './until.ts';

const CLIENTS = 16;
const SECONDS = 3;
const TICK_MS = 10;

async function timed<T>(label: string, act: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await act();
  console.log(`${label}: ${Math.round(performance.now() - began)} ms`);
  return result;
}

/** User and system time of a process in milliseconds (fields 14 and 15 of its stat). */
function cpuMs(pid: number): number {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function rssMb(pid: number): number {
  const line = /VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1]) / 1024);
}

/** Keep-alive clients in a loop; latencies in ms, sorted. */
async function load(port: number, seconds: number): Promise<number[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });
  const latencies: number[] = [];
  const end = performance.now() + seconds * 1000;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const began = performance.now();
      await new Promise<void>((resolve, reject) => {
        const request = http.get({ host: '127.0.0.1', port, agent }, (response) => {
          response.resume().once('end', resolve);
        });
        request.once('error', reject);
      });
      latencies.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  agent.destroy();
  return latencies.sort((a, b) => a - b);
}

async function instancePort({ connection }: Harness): Promise<number> {
  const headers = { authorization: `Bearer ${connection.token}` };
  const response = await fetch(`http://127.0.0.1:${connection.httpPort}/v1/targets`, { headers });
  const [first] = scrapeTargets.parse(await response.json());
  return Number(first?.targets[0]?.split(':')[1]);
}

async function measureRouter(harness: Harness, uri: string): Promise<void> {
  const pid = harness.connection.pid;
  const direct = await load(await instancePort(harness), SECONDS);
  const before = cpuMs(pid);
  const routed = await load(Number(new URL(uri).port), SECONDS);
  const cpu = ((cpuMs(pid) - before) * 1000) / routed.length;
  const middle = (all: number[]): string => (all[Math.floor(all.length / 2)] ?? 0).toFixed(2);
  const rate = (all: number[]): number => Math.round(all.length / SECONDS);
  console.log(`direct: ${rate(direct)} req/s, p50 ${middle(direct)} ms`);
  console.log(
    `routed: ${rate(routed)} req/s, p50 ${middle(routed)} ms, ${cpu.toFixed(0)} us CPU each`,
  );
}

const folders = makeFolders();
const harness = await timed('ready, with process start', () => startHarness(folders, []));
const { pid } = harness.connection;
await timed('postgres ready after that', () =>
  until(
    'postgres',
    () => harness.lines.find((line) => line.includes('postgres is ready')) ?? null,
    60_000,
  ),
);
await timed('build', () => build(harness, 'tiny'));
await timed('build, unchanged', () => build(harness, 'tiny'));
const first = await timed('create, with spawn', () =>
  create(harness, 'tiny', { containers: [tiny({ VERSION: '1' })] }),
);
const second = await timed('deploy', () =>
  deploy(harness, 'tiny', { containers: [tiny({ VERSION: '2' })] }),
);
for (const target of [first, second, first])
  await timed('traffic switch', () =>
    setTraffic(harness, 'tiny', [toRevision(shortName(target.latestReadyRevision), 100)]),
  );
console.log(`RSS before load: ${rssMb(pid)} MB, CPU so far: ${cpuMs(pid)} ms`);
await measureRouter(harness, first.uri ?? '');
console.log(`RSS after load: ${rssMb(pid)} MB`);
console.log(harness.lines.join('\n'));
await timed('stop', () => harness.stop());
removeFolders(folders);
