import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { buildsApi } from './api/builds-api.ts';
import type { ApiParts } from './api/api-parts.ts';
import { startGrpc } from './api/grpc-server.ts';
import type { Handlers } from './api/grpc-server.ts';
import { iamApi } from './api/iam-api.ts';
import { operationsApi } from './api/operations-api.ts';
import { loadProtos } from './api/protos.ts';
import { revisionsApi } from './api/revisions-api.ts';
import { servicesApi } from './api/services-api.ts';
import { ArtifactStore } from './build/artifact-store.ts';
import { LocalBuilds } from './build/local-builds.ts';
import type { Config } from './config.ts';
import { FaultBook } from './faults/fault-book.ts';
import { instanceFaults } from './faults/instance-faults.ts';
import { removeConnectionFile, writeConnectionFile } from './http/connection-file.ts';
import { startHttp } from './http/http-endpoint.ts';
import { LocalPostgres } from './postgres/local-postgres.ts';
import { Operations } from './reconcile/operations.ts';
import { Reconciler } from './reconcile/reconciler.ts';
import { resumeOperations } from './reconcile/resume-operations.ts';
import { RouterSet } from './router/router-set.ts';
import { createServiceGates } from './router/service-gates.ts';
import { SecretStore } from './secrets/secret-store.ts';
import { lockState } from './state/state-lock.ts';
import { StateStore, stateUnusable } from './state/state-store.ts';
import { StartFailure } from './start-failure.ts';
import { endLeftovers } from './supervisor/end-leftovers.ts';
import { Fleet } from './supervisor/fleet.ts';
import { createInstanceFactory } from './supervisor/local-instance-factory.ts';
import { LogBook } from './supervisor/log-book.ts';
import { processStartTime } from './supervisor/process-ownership.ts';
import type { SystemLog } from './system-log.ts';

const VERSION = '0.1.0';

/** Connections that are still open when local-cloud stops get this long. */
const ROUTER_GRACE_MS = 2_000;
/** Short enough that, with Postgres after it, the whole stop stays below twelve seconds. */
const STOP_TIMES = { idleMs: 500, graceMs: 10_000 };

export interface LocalCloud {
  readonly stop: () => Promise<void>;
}

/** Builds the whole local cloud, top to bottom, and starts it. */
export async function startLocalCloud(config: Config, log: SystemLog): Promise<LocalCloud> {
  const { stateDir } = config;
  const lock = lockState(stateDir);
  const { store, keptCopy } = StateStore.open(stateDir);
  if (keptCopy !== null)
    log.warn(`The journal's tail was corrupt and was cut off; the whole file is kept.`, {
      code: 'JOURNAL_TRUNCATED',
      copy: keptCopy,
    });
  const token = randomBytes(32).toString('base64url');
  const parts = createParts({ config, log, store, token });
  await endLeftovers(store, stateDir);
  parts.artifacts.discardUnfinished();
  const { protos, services, faults } = parts;
  const grpc = await startGrpc({ protos, token, log, faults, services });
  const side = await startHttp({
    token,
    fleet: parts.fleet,
    logs: parts.logs,
    operations: parts.operations,
    builds: parts.builds,
    faults,
    health: () => ({ postgres: parts.postgres.state }),
  });
  if (config.postgres) parts.postgres.start();
  await parts.reconciler.restore();
  resumeOperations(parts.operations, parts.reconciler);
  writeConnectionFile(stateDir, {
    pid: process.pid,
    processStartTime: processStartTime(process.pid),
    grpcPort: grpc.port,
    httpPort: side.port,
    token,
    version: VERSION,
    startedAt: new Date().toISOString(),
  });
  return {
    stop: async () => {
      removeConnectionFile(stateDir);
      parts.reconciler.stop();
      parts.builds.stop();
      await Promise.all([parts.routers.closeAll(ROUTER_GRACE_MS), parts.fleet.stop(STOP_TIMES)]);
      await parts.postgres.stop();
      grpc.stop();
      side.stop();
      await store.close();
      lock.release();
    },
  };
}

interface Givens {
  readonly config: Config;
  readonly log: SystemLog;
  readonly store: StateStore;
  /** Of this run. */
  readonly token: string;
}

// The parts know each other only through what they are given here.
function createParts({ config, log, store, token }: Givens) {
  const { stateDir, preferredPorts, warmMs, idleMs, revisionLimit } = config;
  const artifacts = new ArtifactStore(stateDir);
  const secrets = openSecrets(stateDir);
  const logs = new LogBook();
  const postgres = new LocalPostgres(stateDir, log);
  const operations = new Operations(store);
  const faults = new FaultBook(config.faults);
  const factory = createInstanceFactory({
    stateDir,
    store,
    artifacts,
    secrets,
    logs,
    log,
    faults: instanceFaults(faults),
    databaseUrl: (service) => postgres.databaseUrl(service),
    onCrash: (revision, crash) => {
      reconciler.onCrash(revision, crash);
    },
    onStable: (revision) => {
      reconciler.onStable(revision);
    },
  });
  const fleet = new Fleet(factory, { warmMs, idleMs });
  const gateOf = createServiceGates({ store, fleet, token, log });
  const routers = new RouterSet({ preferredPorts, fleet, gateOf, log });
  const records = { store, operations, logs };
  const reconciler = new Reconciler({ ...records, fleet, routers, log, revisionLimit });
  const protos = loadProtos();
  const { sourcesDir } = config;
  const builds = new LocalBuilds({ ...records, artifacts, faults, sourcesDir, stateDir });
  const api = { store, operations, reconciler, protos, faults };
  const services = createServices(api, builds);
  return {
    artifacts,
    logs,
    postgres,
    operations,
    fleet,
    routers,
    reconciler,
    protos,
    builds,
    services,
    faults,
  };
}

/** The gRPC services by name. */
function createServices(api: ApiParts, builds: LocalBuilds): Readonly<Record<string, Handlers>> {
  return {
    'google.cloud.run.v2.Services': { ...servicesApi(api), ...iamApi(api) },
    'google.cloud.run.v2.Revisions': revisionsApi(api),
    'google.cloud.run.v2.Builds': buildsApi(api, builds),
    'google.longrunning.Operations': operationsApi(api, builds),
  };
}

function openSecrets(stateDir: string): SecretStore {
  try {
    fs.mkdirSync(path.join(stateDir, 'artifacts'), { recursive: true, mode: 0o700 });
    const secrets = new SecretStore(stateDir);
    secrets.createMissing();
    return secrets;
  } catch (error) {
    throw error instanceof StartFailure ? error : stateUnusable(stateDir, error);
  }
}
