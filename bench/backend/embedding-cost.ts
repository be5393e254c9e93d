import type { FigureId } from '../budgets.ts';
import { figure } from '../budgets.ts';
import type { Figure } from '../figure.ts';
import { median } from '../figure.ts';
import { cpuSeconds, ownSeconds } from '../gateway/process-cost.ts';
import { AROUND, UNDER_TEST } from '../gateway/stage.ts';
import type { BareResult } from './our-backend.ts';
import { runBare, runLoad, startBackend } from './our-backend.ts';

const TOKENS = 16;
const CONNECTIONS = 64;

interface Round {
  readonly bare: BareResult;
  /** Processor time of server and lane for one embedding, at 64 connections. */
  readonly cpuMs: number;
  /** Of it the HTTP process: parsing, cache, queue, answer. */
  readonly httpMs: number;
  readonly perSecond: number;
}

export interface CostOptions {
  readonly bundle: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly command: string;
}

/** What the service adds to the bare model, in processor time, by turns with it. */
export async function measureCost(options: CostOptions): Promise<readonly Figure[]> {
  const { bundle, rounds, seconds, command } = options;
  const { url, pid, child } = await startBackend(bundle, { lanes: 1, cpu: UNDER_TEST });
  const load = { url, tokens: TOKENS, texts: 1 };
  const measured: Round[] = [];
  try {
    await runLoad({ ...load, connections: CONNECTIONS, seconds: 1 }, AROUND);
    for (let round = 0; round < rounds; round += 1) {
      const bare = await runBare({ tokens: TOKENS, seconds }, UNDER_TEST);
      const before = cpuSeconds(pid);
      const beforeHttp = ownSeconds(pid);
      const many = await runLoad({ ...load, connections: CONNECTIONS, seconds }, AROUND);
      const spent = cpuSeconds(pid) - before;
      const spentHttp = ownSeconds(pid) - beforeHttp;
      const count = many.answered['200'] ?? 0;
      if (count === 0 || Object.keys(many.answered).length > 1 || many.wrongUsage > 0) {
        throw new Error(`not all were answered rightly: ${JSON.stringify(many)}`);
      }
      const cpuMs = (spent * 1_000) / count;
      const httpMs = (spentHttp * 1_000) / count;
      measured.push({
        bare,
        cpuMs,
        httpMs,
        perSecond: count / many.seconds,
      });
    }
  } finally {
    await child.stop();
  }
  const of = (pick: (round: Round) => number): number | null => median(measured.map(pick));
  const entry = (id: FigureId, pick: (round: Round) => number, peers: Figure['peers']): Figure =>
    figure(id, { value: of(pick), samples: rounds, command, peers });
  return [
    entry('backend.cpu_ratio_bare', ({ cpuMs, bare }) => cpuMs / bare.cpuMs, {
      'backend cpu-ms': of(({ cpuMs }) => cpuMs),
      'of it HTTP process': of(({ httpMs }) => httpMs),
      'bare session cpu-ms': of(({ bare }) => bare.cpuMs),
    }),
    entry('backend.embeddings_per_s', ({ perSecond }) => perSecond, {
      'bare session per s': of(({ bare }) => bare.runs / seconds),
    }),
  ];
}
