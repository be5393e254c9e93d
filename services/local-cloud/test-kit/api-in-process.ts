/** The handlers of the API on a machine in memory: what a call answers, without a process or a socket. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { iamApi } from '../src/api/iam-api.ts';
import type { Handlers } from '../src/api/grpc-server.ts';
import { requirePermission } from '../src/api/permissions.ts';
import { loadProtos } from '../src/api/protos.ts';
import { revisionsApi } from '../src/api/revisions-api.ts';
import { servicesApi } from '../src/api/services-api.ts';
import { FaultBook } from '../src/faults/fault-book.ts';
import { Operations } from '../src/reconcile/operations.ts';
import { Reconciler } from '../src/reconcile/reconciler.ts';
import { resumeOperations } from '../src/reconcile/resume-operations.ts';
import { StateStore } from '../src/state/state-store.ts';
import { Fleet } from '../src/supervisor/fleet.ts';
import { LogBook } from '../src/supervisor/log-book.ts';
import { createSystemLog } from '../src/system-log.ts';
import { PARENT } from './clients.ts';
import { FakeMachine } from './fake-machine.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface InProcessApi {
  readonly store: StateStore;
  readonly operations: Operations;
  readonly faults: FaultBook;
  readonly journal: () => string;
  /** Calls a method and returns its answer; rejects with the ApiError. */
  readonly call: (method: string, request: object) => Promise<Fields>;
  /** The same for a write, and waits for the end of its operation, failed or not. */
  readonly write: (method: string, request: object) => Promise<Fields>;
  /** What a start does with the state of before; resolves when every operation has ended. */
  readonly resume: () => Promise<void>;
  readonly service: (id: string) => Promise<Fields>;
  readonly close: () => Promise<void>;
}

const protos = loadProtos();

export interface ApiSettings {
  readonly revisionLimit?: number;
  /** State of before; a fresh folder without it. It is not removed at the end. */
  readonly stateDir?: string;
}

export function startApi({ revisionLimit, stateDir }: ApiSettings = {}): InProcessApi {
  const dir = stateDir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'local-cloud-api-'));
  const { store } = StateStore.open(dir);
  const operations = new Operations(store);
  const faults = new FaultBook();
  const reports = { onCrash: () => undefined, onStable: () => undefined };
  const fleet = new Fleet(new FakeMachine().factory(reports), { warmMs: 1000, idleMs: 1000 });
  const reconciler = new Reconciler({
    store,
    fleet,
    operations,
    logs: new LogBook(),
    log: createSystemLog(() => undefined),
    routers: {
      open: () => Promise.resolve(8080),
      close: () => Promise.resolve(),
      setTraffic: () => undefined,
    },
    ...(revisionLimit === undefined ? {} : { revisionLimit }),
  });
  const parts = { store, operations, reconciler, protos, faults };
  const handlers: Handlers = { ...servicesApi(parts), ...iamApi(parts), ...revisionsApi(parts) };
  const call = async (method: string, request: object): Promise<Fields> => {
    requirePermission(faults, method, { ...request });
    return { ...(await handlers[method]?.({ ...request })) };
  };
  return {
    store,
    operations,
    faults,
    journal: () => fs.readFileSync(path.join(dir, 'cloud', 'journal.jsonl'), 'utf8'),
    call,
    write: async (method, request) => {
      const operation = await call(method, request);
      await operations.wait(String(operation['name']).split('/').at(-1) ?? '', 10_000);
      return operation;
    },
    resume: async () => {
      await reconciler.restore();
      const unfinished = operations.unfinished();
      resumeOperations(operations, reconciler);
      await Promise.all(unfinished.map(({ id }) => operations.wait(id, 10_000)));
    },
    service: (id) => call('GetService', { name: `${PARENT}/services/${id}` }),
    close: async () => {
      reconciler.stop();
      await fleet.stop();
      await store.close();
      if (stateDir === undefined) fs.rmSync(dir, { recursive: true });
    },
  };
}
