import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { scrapeTargets } from '@omni/contracts/local-cloud.ts';
import { build, create, tiny } from '../../services/local-cloud/test-kit/deploy.ts';
import {
  makeFolders,
  removeFolders,
  startHarness,
} from '../../services/local-cloud/test-kit/local-cloud-harness.ts';
import type { Harness } from '../../services/local-cloud/test-kit/local-cloud-harness.ts';
import { figure } from '../budgets.ts';
import type { Figure } from '../figure.ts';
import { median } from '../figure.ts';
import { ownSeconds } from '../gateway/process-cost.ts';
import { findProgram } from '../peers.ts';

const run = promisify(execFile);
const CONNECTIONS = 32;

interface Rounds {
  readonly rounds: number;
  readonly seconds: number;
}

/**
 * Requests per second through the router against the same instance asked directly, in turns. The
 * instance does next to nothing, so this is the most that the router can cost.
 */
export async function measureRouterRatio(length: Rounds, command: string): Promise<Figure> {
  const wrk = await findProgram('wrk');
  if (wrk === null) {
    const note = 'wrk is not installed: npm run bench -- --setup';
    return figure('local_cloud.router_ratio', { value: null, samples: 0, command, note });
  }
  const folders = makeFolders();
  const cloud = await startHarness(folders);
  try {
    await build(cloud, 'tiny');
    const { uri } = await create(cloud, 'tiny', { containers: [tiny()] });
    const urls = { direct: await instanceUrl(cloud), routed: uri ?? '' };
    return await compare({ wrk, urls, pid: cloud.connection.pid }, length, command);
  } finally {
    await cloud.stop();
    removeFolders(folders);
  }
}

interface Candidates {
  readonly wrk: string;
  readonly urls: { readonly direct: string; readonly routed: string };
  /** Process of the router. */
  readonly pid: number;
}

async function compare(
  { wrk, urls, pid }: Candidates,
  { rounds, seconds }: Rounds,
  command: string,
): Promise<Figure> {
  const direct: number[] = [];
  const routed: number[] = [];
  const cpuUs: number[] = [];
  // The first round of each warms both up.
  for (let round = 0; round <= rounds; round += 1) {
    const alone = await perSecond(wrk, urls.direct, seconds);
    const before = ownSeconds(pid);
    const through = await perSecond(wrk, urls.routed, seconds);
    if (round === 0) continue;
    direct.push(alone);
    routed.push(through);
    cpuUs.push(((ownSeconds(pid) - before) * 1_000_000) / (through * seconds));
  }
  const ratios = routed.map((value, index) => value / (direct[index] ?? Number.NaN));
  return figure('local_cloud.router_ratio', {
    value: median(ratios),
    samples: rounds,
    command,
    peers: {
      'routed req/s': median(routed),
      'direct req/s': median(direct),
      'router µs per request': median(cpuUs),
    },
  });
}

async function perSecond(wrk: string, url: string, seconds: number): Promise<number> {
  const load = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, `${url}/`];
  const { stdout } = await run(wrk, load);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url} failed requests:\n${stdout}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
}

async function instanceUrl({ connection }: Harness): Promise<string> {
  const headers = { authorization: `Bearer ${connection.token}` };
  const answer = await fetch(`http://127.0.0.1:${connection.httpPort}/v1/targets`, { headers });
  const [first] = scrapeTargets.parse(await answer.json());
  return `http://${first?.targets[0] ?? ''}`;
}
