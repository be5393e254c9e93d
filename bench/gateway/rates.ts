import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from '../peers.ts';
import { BENCH_KEY } from './our-gateway.ts';
import type { Candidate } from './peers.ts';
import { cpuSeconds } from './process-cost.ts';
import type { Stage } from './stage.ts';
import { AROUND } from './stage.ts';

const run = promisify(execFile);

/** One short run of the load against one candidate. */
export interface Round {
  readonly perSecond: number;
  /** Processor time that the candidate spent per request. */
  readonly cpuUs: number;
}

/** Rounds by candidate, as many for each. */
export type Rates = Readonly<Record<string, readonly Round[]>>;

/** Path that all are asked for. */
export const PATH = '/api/v1/omni/summary';

/**
 * Runs the load against one after the other, again and again; null without the tools. `warmUp`
 * seconds for each come first, in which the JIT has its say.
 */
export async function measureRates(
  stage: Stage,
  candidates: readonly Candidate[],
  { rounds, seconds, warmUp }: { rounds: number; seconds: number; warmUp: number },
): Promise<Rates | null> {
  const wrk = await findProgram('wrk');
  if (wrk === null || (await findProgram('taskset')) === null) return null;
  for (const candidate of candidates) await runLoad(wrk, candidate, warmUp);
  const rates: Record<string, Round[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    // Interleaved, so that a drift of the machine's speed touches all alike.
    for (const candidate of candidates) {
      (rates[candidate.name] ??= []).push(await runLoad(wrk, candidate, seconds));
      await stage.forgetOutput();
    }
  }
  return rates;
}

async function runLoad(wrk: string, candidate: Candidate, seconds: number): Promise<Round> {
  const { url, child } = candidate;
  const pid = child.process.pid ?? 0;
  const before = cpuSeconds(pid);
  const { stdout } = await run('taskset', [
    ...['-c', String(AROUND), wrk, '-t1', '-c64', `-d${seconds}s`],
    ...['-H', `x-api-key: ${BENCH_KEY}`, `${url}${PATH}`],
  ]);
  const spent = cpuSeconds(pid) - before;
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(stdout);
  if (failed !== null) throw new Error(`${url}: ${failed[1] ?? ''} answers were not 200`);
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN);
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1] ?? Number.NaN);
  if (Number.isNaN(perSecond)) throw new Error(`wrk printed no rate:\n${stdout}`);
  return { perSecond, cpuUs: (spent / requests) * 1_000_000 };
}
