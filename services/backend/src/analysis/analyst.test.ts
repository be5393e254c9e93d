import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Analyst } from './analyst.ts';

const values = [1, 2, 3, 4, 5];
const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

function open(analyst: Analyst): Analyst {
  opened.push(() => analyst.close());
  return analyst;
}

/** A thread that answers once, then hangs or dies. */
async function threadThat(does: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'omni-thread-'));
  opened.push(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'thread.mjs');
  await writeFile(
    file,
    `import { parentPort } from 'node:worker_threads';
     parentPort.on('message', ({ id, input }) => {
       if (input.values.length === 0) { ${does} }
       parentPort.postMessage({ id, output: input.values.length });
     });`,
  );
  return file;
}

describe('Analyst', () => {
  it('runs tasks in order in the real thread', async () => {
    const analyst = open(new Analyst());
    const results = await Promise.all([
      analyst.run('findAnomalies', { values }),
      analyst.run('forecast', { values, horizon: 2 }),
    ]);
    expect(results[0]).toEqual([]);
    expect(results[1].mean).toHaveLength(2);
  });

  it('says how long what waits will take, from how long tasks took', async () => {
    const thread = await threadThat(
      'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);',
    );
    const analyst = open(new Analyst(thread));
    expect(analyst.drainSeconds).toBe(1);
    const slow = { values: [] };
    for (let i = 0; i < 2; i += 1) await analyst.run('findAnomalies', slow);
    const waiting = Array.from({ length: 12 }, () => analyst.run('findAnomalies', slow, 30_000));
    // Two of 250 ms make 154 ms of the first guess: 12 of them wait.
    expect(analyst.drainSeconds).toBeGreaterThanOrEqual(2);
    const all = Promise.allSettled(waiting);
    await analyst.close();
    await all;
  });

  it('tells a failure of the task and goes on', async () => {
    const analyst = open(new Analyst());
    await expect(analyst.run('findAnomalies', {} as never)).rejects.toMatchObject({
      code: 'analysis_failed',
    });
    expect(await analyst.run('findAnomalies', { values })).toEqual([]);
  });

  it.each([
    ['hangs', 'for (;;);', 'deadline_exceeded', 200],
    // On a busy machine a thread takes its time to start: what ends by itself has long.
    ['ends', 'process.exit(3);', 'analysis_failed', 30_000],
    ['throws', 'throw new Error("broken");', 'analysis_failed', 30_000],
  ])('survives a thread that %s: the next task has a new one', async (_, does, code, withinMs) => {
    const analyst = open(new Analyst(await threadThat(does)));
    const broken = analyst.run('findAnomalies', { values: [] }, withinMs);
    const next = analyst.run('findAnomalies', { values });
    await expect(broken).rejects.toMatchObject({ code });
    expect(await next).toBe(5);
    expect(analyst.load).toBe(0);
  });

  it('refuses what is too much, and everything once closed', async () => {
    const analyst = open(new Analyst());
    const many = Array.from({ length: 18 }, () => analyst.run('findAnomalies', { values }));
    const outcomes = await Promise.allSettled(many);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(17);
    expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'queue_full' } });
    await analyst.close();
    await expect(analyst.run('findAnomalies', { values })).rejects.toMatchObject({
      code: 'shutting_down',
    });
  });
});
