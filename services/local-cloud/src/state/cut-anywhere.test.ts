import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi } from '../../test-kit/api-in-process.ts';
import type { InProcessApi } from '../../test-kit/api-in-process.ts';
import { PARENT } from '../../test-kit/clients.ts';
import type { Behaviour } from '../../test-kit/fake-machine.ts';
import { LATEST, REVISION } from '../model/resources.ts';
import type { OperationRecord } from '../model/resources.ts';
import { StateStore } from './state-store.ts';

const NAME = `${PARENT}/services/shop`;

let root = '';
let journal = Buffer.alloc(0);

beforeAll(async () => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'cut-anywhere-'));
  const api = startApi();
  await busyDay(api);
  journal = Buffer.from(api.journal());
  await api.close();
});

afterAll(() => {
  fs.rmSync(root, { recursive: true });
});

/** Deploys that succeed and fail, a roll-back, a canary, a policy, deletions. */
async function busyDay(api: InProcessApi): Promise<void> {
  const template = (version: string, behaviour: Behaviour): object => ({
    labels: { behaviour, version },
    containers: [{ image: 'local/shop' }],
  });
  const update = async (fields: object): Promise<void> => {
    const updateMask = { paths: Object.keys(fields) };
    await api.write('UpdateService', { service: { name: NAME, ...fields }, updateMask });
  };
  const service = { template: template('1', 'good') };
  await api.write('CreateService', { parent: PARENT, serviceId: 'shop', service });
  await update({ template: template('2', 'good') });
  await update({ template: template('3', 'crashes') });
  const { revisions } = await api.call('ListRevisions', { parent: NAME });
  const [third = '', second = '', first = ''] = (revisions as { name: string }[]).map(
    ({ name }) => name.split('/').at(-1) ?? '',
  );
  await update({ traffic: [{ type: REVISION, revision: first, percent: 100 }] });
  await update({
    traffic: [
      { type: REVISION, revision: first, percent: 90 },
      { type: REVISION, revision: second, percent: 10, tag: 'canary' },
    ],
  });
  await api.call('SetIamPolicy', { resource: NAME, policy: { bindings: [] } });
  await update({ traffic: [{ type: LATEST, percent: 100 }], template: template('4', 'good') });
  await api.write('DeleteRevision', { name: `${NAME}/revisions/${third}` });
  await api.write('CreateService', { parent: PARENT, serviceId: 'gone', service });
  await api.write('DeleteService', { name: `${PARENT}/services/gone` });
}

/** A state folder that holds the first bytes of the journal. */
function cutAt(bytes: number): string {
  const stateDir = fs.mkdtempSync(path.join(root, 'state-'));
  fs.mkdirSync(path.join(stateDir, 'cloud'));
  fs.writeFileSync(path.join(stateDir, 'cloud', 'journal.jsonl'), journal.subarray(0, bytes));
  return stateDir;
}

function expectSettled(api: InProcessApi): void {
  const services = new Map(api.store.list('services').map((service) => [service.id, service]));
  const revisions = new Map(api.store.list('revisions').map((one) => [one.id, one]));
  for (const { id, reconciling, served, deletedAt } of services.values()) {
    expect({ id, reconciling, deletedAt }).toEqual({ id, reconciling: false, deletedAt: null });
    const sum = served.reduce((total, { percent }) => total + percent, 0);
    expect(served.length === 0 || sum === 100).toBe(true);
    for (const { revision } of served) expect(revisions.get(revision)?.state).toBe('ready');
  }
  for (const { service } of revisions.values()) expect(services.has(service)).toBe(true);
  for (const { id, finishedAt } of api.store.list('operations'))
    expect({ id, finished: finishedAt !== null }).toEqual({ id, finished: true });
}

describe('a journal that ends anywhere', () => {
  it('loads, and every operation goes on to an end', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: journal.length }), async (bytes) => {
        const api = startApi({ stateDir: cutAt(bytes) });
        const known = api.store.list('operations');
        await api.resume();
        expectSettled(api);
        expect(lost(known, api)).toEqual([]);
        await api.close();
      }),
      { numRuns: 40 },
    );
  });

  it('loads at each of 200 cuts as if it had ended with its last whole record', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: journal.length }), (bytes) => {
        const whole = journal.lastIndexOf(10, bytes - 1) + 1;
        const torn = StateStore.open(cutAt(bytes));
        const clean = StateStore.open(cutAt(bytes === 0 ? 0 : whole));
        expect(torn.keptCopy === null).toBe(bytes === 0 || whole === bytes);
        expect(clean.keptCopy).toBeNull();
        for (const table of ['services', 'revisions', 'operations', 'policies'] as const)
          expect(torn.store.list(table)).toEqual(clean.store.list(table));
      }),
      { numRuns: 200 },
    );
  });
});

/** Operations that a caller had the name of and that are not there any more. */
function lost(known: readonly OperationRecord[], api: InProcessApi): readonly string[] {
  return known.map(({ id }) => id).filter((id) => api.operations.get(id) === undefined);
}
