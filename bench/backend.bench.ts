import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureCost } from './backend/embedding-cost.ts';
import { measureLive } from './backend/live-latency.ts';
import { bundleBackend } from './backend/our-backend.ts';
import { measureOneConnection } from './backend/one-connection.ts';
import { measureOverload } from './backend/overload.ts';
import { measureMemory, measureStart } from './backend/start-and-memory.ts';
import type { Figure } from './figure.ts';
import type { BenchOptions } from './subject.ts';

const command = 'npm run bench -- backend';

/**
 * The ML backend beside a bare ONNX Runtime session on the same model, tokens and processor: what the
 * service around the model costs, its start, its memory, and on request how it bears an overload.
 */
export async function measureBackend(options: BenchOptions): Promise<readonly Figure[]> {
  const { smoke, overloadSeconds } = options;
  const folder = await mkdtemp(join(tmpdir(), 'omni-bench-backend-'));
  try {
    const bundle = await bundleBackend(folder);
    const seconds = smoke ? 1 : 4;
    const figures = [
      ...(await measureCost({ bundle, rounds: smoke ? 1 : 5, seconds, command })),
      ...(await measureOneConnection({ bundle, rounds: smoke ? 1 : 16, seconds: 1, command })),
      await measureLive({ bundle, seconds: smoke ? 1 : 10, command }),
      ...(await measureStart({ bundle, rounds: smoke ? 1 : 9, command })),
      await measureMemory({ bundle, seconds, command }),
    ];
    if (overloadSeconds === undefined) return figures;
    const overload = `${command} --overload ${overloadSeconds}`;
    return [
      ...figures,
      ...(await measureOverload({ bundle, seconds: overloadSeconds, command: overload })),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
