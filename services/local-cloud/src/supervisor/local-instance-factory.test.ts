import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArtifactStore } from '../build/artifact-store.ts';
import { FaultBook } from '../faults/fault-book.ts';
import { instanceFaults } from '../faults/instance-faults.ts';
import type { RevisionRecord } from '../model/resources.ts';
import { SecretStore } from '../secrets/secret-store.ts';
import { StateStore } from '../state/state-store.ts';
import { createSystemLog } from '../system-log.ts';
import { RevisionFailure } from './instance-environment.ts';
import { createInstanceFactory } from './local-instance-factory.ts';
import { LogBook } from './log-book.ts';

let dir = '';

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'factory-'));
});

afterEach(() => {
  fs.rmSync(dir, { recursive: true });
});

const REVISION: RevisionRecord = {
  id: 'shop-1',
  uid: 'u',
  service: 'shop',
  generation: 1,
  template: {},
  createdAt: 0,
  changedAt: 0,
  state: 'ready',
  failure: null,
  digest: '',
};

describe('reports from events', () => {
  it('are logged and end nothing when the disk is full', async () => {
    const lines: string[] = [];
    const fail = (): never => {
      throw new Error('ENOSPC: no space left');
    };
    const { store } = StateStore.open(dir);
    const factory = createInstanceFactory({
      stateDir: dir,
      store,
      artifacts: new ArtifactStore(dir),
      secrets: new SecretStore(dir),
      logs: new LogBook(),
      log: createSystemLog((line) => lines.push(line)),
      faults: instanceFaults(new FaultBook()),
      databaseUrl: () => Promise.resolve(null),
      onCrash: fail,
      onStable: fail,
    });
    factory.onStable(REVISION);
    factory.onCrash(REVISION, { failure: new RevisionFailure({ message: 'm' }), looping: true });
    expect(lines.filter((line) => line.includes('no space left'))).toHaveLength(2);
    await store.close();
  });
});
