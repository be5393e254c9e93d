import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeWorld } from '../../test-kit/fake-world.ts';
import type { RevisionRecord } from '../model/resources.ts';

let dir = '';

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'crash-loop-'));
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
  });
});

afterEach(() => {
  vi.useRealTimers();
  fs.rmSync(dir, { recursive: true });
});

function onlyRevision({ cloud }: FakeWorld): RevisionRecord | undefined {
  return cloud.store.list('revisions')[0];
}

/** Crashes the instance that runs, and waits for the next one. */
async function crashOnce(world: FakeWorld): Promise<void> {
  await world.take({ do: 'crash-instance', pick: 0 });
  expect(world.machine.running()).toEqual([]);
  for (let waited = 0; world.machine.running().length === 0; waited += 100) {
    expect(waited).toBeLessThan(31_000);
    await world.take({ do: 'wait', ms: 100 });
  }
  await world.take({ do: 'wait', ms: 100 });
}

describe('five crashes within a minute', () => {
  it('show in the condition of the revision, which keeps its traffic, until a minute without any', async () => {
    const world = new FakeWorld(dir);
    await world.take({ do: 'deploy', service: 'shop', behaviour: 'good', min: 1 });
    await world.take({ do: 'wait', ms: 700 });
    for (let crash = 1; crash <= 4; crash += 1) {
      await crashOnce(world);
      expect(onlyRevision(world)?.state).toBe('ready');
    }
    const began = Date.now();
    await crashOnce(world);
    // Half a second, doubled with every crash.
    expect(Date.now() - began).toBeGreaterThanOrEqual(8_000);
    const revision = onlyRevision(world);
    expect(revision?.state).toBe('failed');
    expect(revision?.failure).toMatchObject({ revisionReason: 'HEALTH_CHECK_CONTAINER_ERROR' });
    expect(revision?.failure?.message).toContain('Crash loop');
    const shop = world.cloud.store.get('services', 'shop');
    expect(shop).toMatchObject({ latestReady: revision?.id, served: [{ percent: 100 }] });

    await world.take({ do: 'wait', ms: 61_000 });
    expect(onlyRevision(world)).toMatchObject({ state: 'ready', failure: null });
    await world.cloud.drop();
  });
});
