import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { figure } from '../budgets.ts';
import type { Figure } from '../figure.ts';
import { median } from '../figure.ts';
import { BENCH_KEY } from './our-gateway.ts';
import { PATH } from './rates.ts';
import type { Stage } from './stage.ts';
import { AROUND } from './stage.ts';

const run = promisify(execFile);
const DRIVER = join(import.meta.dirname, 'open-loop-driver.ts');

const percentiles = z.object({ p50: z.number(), p99: z.number() });
type Percentiles = z.infer<typeof percentiles>;

export interface LatencyOptions {
  /** Requests per second: half of what the gateway can do. */
  readonly rate: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly command: string;
}

/** What the gateway adds to the direct path at a constant rate, round by round. */
export async function measureLatency(
  stage: Stage,
  { direct, gateway }: { direct: string; gateway: string },
  options: LatencyOptions,
): Promise<readonly Figure[]> {
  const straight: Percentiles[] = [];
  const through: Percentiles[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    straight.push(await drive(direct, options));
    through.push(await drive(gateway, options));
    await stage.forgetOutput();
  }
  const added = (name: keyof Percentiles): Figure => {
    const differences = through.map(
      (each, at) => each[name] - (straight[at]?.[name] ?? Number.NaN),
    );
    return figure(name === 'p50' ? 'gateway.added_p50_ms' : 'gateway.added_p99_ms', {
      value: median(differences),
      samples: options.rounds,
      command: options.command,
      peers: {
        'through ms': median(through.map((each) => each[name])),
        'direct ms': median(straight.map((each) => each[name])),
        'requests/s': options.rate,
      },
    });
  };
  return [added('p50'), added('p99')];
}

async function drive(url: string, { rate, seconds }: LatencyOptions): Promise<Percentiles> {
  const driver = [process.execPath, DRIVER, `${url}${PATH}`, String(rate), String(seconds)];
  const { stdout } = await run('taskset', ['-c', String(AROUND), ...driver, BENCH_KEY]);
  return percentiles.parse(JSON.parse(stdout));
}
