import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { FaultBook } from '../faults/fault-book.ts';
import { matches } from '../faults/fault-book.ts';
import { ApiError, GRPC } from '../model/api-error.ts';
import type { OperationRecord } from '../model/resources.ts';
import type { Operations } from '../reconcile/operations.ts';
import type { StateStore } from '../state/state-store.ts';
import type { LogBook } from '../supervisor/log-book.ts';
import { buildLogName } from '../supervisor/log-book.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { parseImage, pinnedImage, tagKey } from './image-name.ts';
import type { BuildRecord } from './build-record.ts';
import type { BuildRequest } from './local-build.ts';
import { BuildFailure, buildArtifact, isUpToDate } from './local-build.ts';
import { BUCKETS_FOLDER, unpackSource } from './stored-source.ts';

const LOG_LINES = 40;
/** A client reads the rest of a build's log after its end: the last builds keep theirs. */
const BUILDS_WITH_LOG = 20;

export interface BuildParts {
  readonly store: StateStore;
  readonly operations: Operations;
  readonly artifacts: ArtifactStore;
  readonly logs: LogBook;
  readonly faults: FaultBook;
  readonly sourcesDir: string;
  readonly stateDir: string;
}

export interface BuildOrder {
  /** Folder name under the sources folder, or `BUCKET/OBJECT` of an archive. */
  readonly source: string;
  readonly imageUri: string;
}

type Job = Omit<BuildRequest, 'sourceDir'> & { readonly source: string };

interface Built {
  readonly record: BuildRecord;
  /** The same content had been built before. */
  readonly cached: boolean;
}

/** Runs builds; each is an operation that says the image, its digest and the end of its log. */
export class LocalBuilds {
  readonly #parts: BuildParts;
  readonly #running = new Map<string, AbortController>();
  readonly #ended: string[] = [];

  constructor(parts: BuildParts) {
    this.#parts = parts;
  }

  /** Starts a build in the background. */
  submit(order: BuildOrder): OperationRecord {
    const operation = this.#parts.operations.begin({
      kind: 'build',
      service: order.source,
      revision: '',
      generation: 0,
    });
    const abort = new AbortController();
    this.#running.set(operation.id, abort);
    this.#run(operation.id, order, abort.signal)
      .catch((error: unknown) => {
        this.#fail(operation.id, order, error);
      })
      .finally(() => {
        this.#running.delete(operation.id);
        this.#forgetOldLogs(operation.id);
      })
      .catch(() => undefined); // Only the bookkeeping above could throw; the outcome is recorded.
    return operation;
  }

  cancel(id: string): void {
    this.#running.get(id)?.abort();
  }

  stop(): void {
    for (const abort of this.#running.values()) abort.abort();
  }

  async #run(id: string, order: BuildOrder, signal: AbortSignal): Promise<void> {
    const { store, operations } = this.#parts;
    const onLine = (line: string): void => {
      this.#log(id, order, line);
    };
    const job = { id, source: order.source, onLine, signal };
    const { record, cached } = order.source.includes('/')
      ? await this.#buildArchive(job, order)
      : await this.#buildFolder(job, order);
    const reference = parseImage(order.imageUri);
    store.put('images', tagKey(reference), { digest: record.digest });
    this.#prune();
    operations.succeed(id, {
      ...this.#describe(id, order, 'SUCCESS'),
      image: pinnedImage(reference.repository, record.digest),
      digest: `sha256:${record.digest}`,
      cached,
    });
  }

  async #buildFolder({ source, ...job }: Job, order: BuildOrder): Promise<Built> {
    const { store, artifacts, sourcesDir } = this.#parts;
    const sourceDir = path.join(sourcesDir, source);
    if (!fs.existsSync(sourceDir)) throw new BuildFailure(`No folder '${source}'.`, false);
    await this.#meetFaults(job.id, order, job.signal);
    const known = store.get('builds', source);
    const cached =
      known !== undefined &&
      artifacts.folderOf(known.digest) !== null &&
      isUpToDate(known, sourceDir);
    const record = cached ? known : await buildArtifact(artifacts, { ...job, sourceDir });
    store.put('builds', source, record);
    return { record, cached };
  }

  /** An archive is named by its content, so its image is found under its tag and not built twice. */
  async #buildArchive({ source, ...job }: Job, order: BuildOrder): Promise<Built> {
    const { artifacts, stateDir } = this.#parts;
    await this.#meetFaults(job.id, order, job.signal);
    const unpacked = artifacts.newWorkFolder(`${job.id}-source`);
    try {
      const sourceDir = await unpackSource(path.join(stateDir, BUCKETS_FOLDER, source), unpacked);
      const record = await buildArtifact(artifacts, { ...job, sourceDir });
      return { record, cached: false };
    } finally {
      artifacts.discard(unpacked);
    }
  }

  async #meetFaults(id: string, order: BuildOrder, signal: AbortSignal): Promise<void> {
    const applies = (fault: { readonly source: string }): boolean =>
      matches(fault.source, order.source);
    const slow = this.#parts.faults.take('slow-build', applies);
    if (slow !== null) await pause(slow.ms, signal);
    const failing = this.#parts.faults.take('build-failure', applies);
    if (failing === null) return;
    this.#log(id, order, failing.message);
    throw new BuildFailure(failing.message, false);
  }

  #prune(): void {
    const { store, artifacts } = this.#parts;
    const used = [...store.list('revisions'), ...store.list('images'), ...store.list('builds')];
    artifacts.prune(new Set(used.map(({ digest }) => digest)));
  }

  #fail(id: string, order: BuildOrder, error: unknown): void {
    const cancelled = error instanceof BuildFailure && error.cancelled;
    const message = error instanceof Error ? error.message : String(error);
    const failure = cancelled
      ? new ApiError(GRPC.cancelled, 'The build was cancelled.', { reason: 'BUILD_CANCELLED' })
      : new ApiError(GRPC.failedPrecondition, `The build failed: ${message}`, {
          reason: 'BUILD_FAILED',
        });
    const status = cancelled ? 'CANCELLED' : 'FAILURE';
    this.#parts.operations.fail(id, failure, this.#describe(id, order, status));
  }

  #describe(id: string, order: BuildOrder, status: string): Record<string, unknown> {
    const log = this.#parts.logs.tail(buildLogName(id), LOG_LINES);
    return { id, status, source: order.source, name: order.imageUri, log };
  }

  #forgetOldLogs(ended: string): void {
    this.#ended.push(ended);
    for (const id of this.#ended.splice(0, this.#ended.length - BUILDS_WITH_LOG))
      this.#parts.logs.forget(buildLogName(id));
  }

  #log(id: string, order: BuildOrder, line: string): void {
    const at = new Date().toISOString();
    const revision = buildLogName(id);
    const entry = { at, service: order.source, revision, instance: id, stream: 'stdout' } as const;
    this.#parts.logs.append({ ...entry, line });
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch (error) {
    throw signal.aborted ? new BuildFailure('cancelled', true) : error;
  }
}
