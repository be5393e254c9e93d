import path from 'node:path';
import type { ArtifactStore } from '../build/artifact-store.ts';
import type { InstanceFaults } from '../faults/instance-faults.ts';
import type { RevisionRecord } from '../model/resources.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import { messageOf } from '../start-failure.ts';
import type { StateStore } from '../state/state-store.ts';
import type { SystemLog } from '../system-log.ts';
import { Instance } from './instance.ts';
import { RevisionFailure, instanceEnvironment } from './instance-environment.ts';
import type { Crash, InstanceFactory } from './instance-factory.ts';
import { watchLiveness } from './liveness.ts';
import type { LogBook, LogLine } from './log-book.ts';
import { allocatePort } from './port-allocator.ts';
import { processStartTime } from './process-ownership.ts';
import { waitUntilReady } from './probe.ts';

const TAIL_LINES = 10;

export interface InstanceWorld {
  readonly stateDir: string;
  readonly store: StateStore;
  readonly artifacts: ArtifactStore;
  readonly secrets: SecretStore;
  readonly logs: LogBook;
  readonly log: SystemLog;
  readonly faults: InstanceFaults;
  /** Resolves when Postgres has settled; null when there is none. */
  readonly databaseUrl: (service: string) => Promise<string | null>;
  readonly onCrash: (revision: RevisionRecord, crash: Crash) => void;
  readonly onStable: (revision: RevisionRecord) => void;
}

/** Instances as Node processes that run a revision's artifact. */
export function createInstanceFactory(world: InstanceWorld): InstanceFactory {
  const { logs } = world;
  const report = (write: () => void): void => {
    reportSafely(world.log, write);
  };
  return {
    untilReady: waitUntilReady,
    watchLiveness,
    tail: (revision) => logs.tail(revision, TAIL_LINES),
    onCrash: (revision, crash) => {
      report(() => {
        world.onCrash(revision, crash);
      });
    },
    onStable: (revision) => {
      report(() => {
        world.onStable(revision);
      });
    },
    create: async (revision, onExit) => {
      requireQuota(world);
      const dir = requireArtifact(world, revision);
      const databaseUrl = await world.databaseUrl(revision.service);
      const port = await allocatePort();
      const startedAt = Date.now();
      const instance: Instance = new Instance(port, path.join(world.stateDir, 'run'), {
        onLine: (stream, line) => {
          logs.append(toLine(revision, { instance: instance.id, stream, line }));
        },
        onStarted: (pid) => {
          report(() => {
            world.store.put('processes', String(pid), { startTime: processStartTime(pid) ?? '' });
          });
        },
        onExit: (pid, exit) => {
          report(() => {
            world.store.remove('processes', String(pid));
          });
          onExit(instance, exit);
        },
        failsProbe: (kind) => world.faults.failsProbe(revision.service, { kind, startedAt }),
      });
      const env = environmentOf(world, revision, { instance, databaseUrl });
      const args = revision.template.containers?.[0]?.args ?? [];
      instance.start({ entry: 'server.mjs', args, cwd: dir, env });
      return instance;
    },
  };
}

/** Processes and timers report by events, where a throw (a full disk) would end local-cloud. */
function reportSafely(log: SystemLog, write: () => void): void {
  try {
    write();
  } catch (error) {
    log.error('the state of an instance could not be recorded', { cause: messageOf(error) });
  }
}

/** Every process that runs is in the store: their number is what the quota is about. */
function requireQuota({ faults, store }: InstanceWorld): void {
  const quota = faults.instanceQuota();
  if (quota === null || store.ids('processes').length < quota) return;
  throw new RevisionFailure({
    reason: 'POSTPONED_RETRY',
    message: 'Quota exceeded for total allowable CPU per project per region.',
  });
}

function requireArtifact(
  { artifacts, faults }: InstanceWorld,
  { digest, service, template }: RevisionRecord,
): string {
  const dir = faults.missesArtifact(service) ? null : artifacts.folderOf(digest);
  if (dir !== null) return dir;
  const image = template.containers?.[0]?.image ?? '';
  throw new RevisionFailure({
    reason: 'CONTAINER_MISSING',
    message: `Image '${image}' was not found. Build it first with Builds.SubmitBuild.`,
  });
}

function environmentOf(
  world: InstanceWorld,
  revision: RevisionRecord,
  given: { instance: Instance; databaseUrl: string | null },
): Record<string, string> {
  const { id, port, scratchDir } = given.instance;
  const identity = {
    service: revision.service,
    revision: revision.id,
    instance: id,
    port,
    scratchDir,
  };
  return instanceEnvironment(identity, revision.template, {
    own: process.env,
    readSecret: (secret, version) => {
      if (world.faults.deniesSecrets()) throw secretDenied(secret);
      return world.secrets.read(secret, version);
    },
    databaseUrl: given.databaseUrl,
  });
}

/** Secret Manager's own sentence, which names the role that is missing. */
function secretDenied(secret: string): RevisionFailure {
  return new RevisionFailure({
    reason: 'SECRETS_ACCESS_CHECK_FAILED',
    message: `Permission denied on secret: ${secret} for the Revision's service account. It must be granted the 'Secret Manager Secret Accessor' role (roles/secretmanager.secretAccessor) at the secret, project or higher level.`,
  });
}

function toLine(
  revision: RevisionRecord,
  line: Pick<LogLine, 'instance' | 'stream' | 'line'>,
): LogLine {
  const { service, id } = revision;
  return { at: new Date().toISOString(), service, revision: id, ...line };
}
