import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  build,
  create,
  followOperation,
  getService,
  nameOf,
  shortName,
  tiny,
} from '../test-kit/deploy.ts';
import { makeFolders, removeFolders, startHarness } from '../test-kit/local-cloud-harness.ts';
import type { Harness } from '../test-kit/local-cloud-harness.ts';
import { until } from '../test-kit/until.ts';

const folders = makeFolders();
const journal = path.join(folders.stateDir, 'cloud', 'journal.jsonl');
let harness: Harness;

beforeAll(async () => {
  harness = await startHarness(folders);
  await build(harness, 'tiny');
  await create(harness, 'tiny', { containers: [tiny({ VERSION: '0' })] });
});

afterAll(async () => {
  await harness.stop();
  removeFolders(folders);
});

/** Begins a deploy; null when local-cloud was gone before it answered. */
async function begin(version: number): Promise<string | null> {
  const { services, options } = harness.clients;
  const template = { containers: [tiny({ VERSION: String(version) })] };
  const updateMask = { paths: ['template'] };
  try {
    const [operation] = await services.updateService(
      { service: { name: nameOf('tiny'), template }, updateMask },
      options,
    );
    return operation.name ?? '';
  } catch {
    // The kill came first: nobody has been promised anything.
    return null;
  }
}

/**
 * Operations that have ended, by the journal: a client that polls would go on asking a process that
 * is gone, for minutes.
 */
function endedOperations(): number {
  return fs.readFileSync(journal, 'utf8').split(/"finishedAt":\d/).length - 1;
}

describe('kill -9 in the middle of a deploy', { timeout: 120_000 }, () => {
  it('loses nothing that was answered, and the service serves', async () => {
    const points = fc.sample(fc.integer({ min: 1, max: 6000 }), 3);
    for (const [round, bytes] of points.entries()) {
      const from = fs.statSync(journal).size;
      const ended = endedOperations();
      const answer = begin(round + 1);
      await until(
        'the point',
        () => fs.statSync(journal).size >= from + bytes || endedOperations() > ended,
      );
      await harness.kill();
      const name = await answer;
      harness = await startHarness(folders);
      if (name !== null) expect((await followOperation(harness, name)).error).toBeFalsy();
      const service = await until('it has settled', async () => {
        const now = await getService(harness, 'tiny');
        return now.reconciling === true ? null : now;
      });
      expect(service.terminalCondition?.state).toBe('CONDITION_SUCCEEDED');
      expect(await ask(service.uri)).toMatchObject({
        revision: shortName(service.latestReadyRevision),
      });
    }
  });
});
