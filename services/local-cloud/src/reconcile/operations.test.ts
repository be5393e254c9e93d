import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OperationRecord } from '../model/resources.ts';
import { StateStore } from '../state/state-store.ts';
import { Operations } from './operations.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let dir = '';
let store: StateStore;

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'operations-'));
  store = StateStore.open(dir).store;
});

afterEach(async () => {
  await store.close();
  fs.rmSync(dir, { recursive: true });
});

const NEW = { kind: 'update', service: 'shop', revision: '', generation: 1 } as const;

function put(id: string, age: number, finished = true): void {
  const at = Date.now() - age;
  const record: OperationRecord = {
    ...NEW,
    id,
    createdAt: at,
    finishedAt: finished ? at : null,
    error: null,
    result: null,
  };
  store.put('operations', id, record);
}

describe('operations', () => {
  it('are kept for an hour however many there are, and for a day while there are few', () => {
    put('two days old', 48 * HOUR);
    put('still running', 48 * HOUR, false);
    for (let count = 0; count < 600; count += 1) put(`old-${count}`, 2 * HOUR);
    for (let count = 0; count < 600; count += 1) put(`new-${count}`, 59 * MINUTE);
    const operations = new Operations(store);
    operations.begin(NEW);
    const ids = operations.list().map(({ id }) => id);
    expect(ids.filter((id) => id.startsWith('new-'))).toHaveLength(600);
    expect(ids.filter((id) => id.startsWith('old-'))).toHaveLength(0);
    expect(ids).toContain('still running');
    expect(ids).not.toContain('two days old');
  });

  it('wake who waits for their end, and end only once', async () => {
    const operations = new Operations(store);
    const { id } = operations.begin(NEW);
    const waiting = operations.wait(id, 60_000);
    operations.succeed(id, { done: 'yes' });
    await waiting;
    operations.fail(id, new Error('too late'));
    expect(operations.get(id)).toMatchObject({ error: null, result: { done: 'yes' } });
  });

  it('are there again after a restart', async () => {
    const { id } = new Operations(store).begin(NEW);
    await store.close();
    store = StateStore.open(dir).store;
    expect(new Operations(store).get(id)).toMatchObject({ id, finishedAt: null });
  });
});
