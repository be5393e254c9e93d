import type { Settings } from '../../shared/domain/settings.ts';
import { servingRevision } from '../../shared/domain/revision.ts';
import type { Operation } from '../../shared/domain/operation.ts';
import { isTerminal } from '../../shared/domain/operation.ts';
import { LOCAL_TARGET } from '../../shared/domain/target.ts';
import type { PlatformDifference } from '../../shared/domain/platform-difference.ts';
import type { TargetClass, TargetMode } from '../../shared/domain/target.ts';
import type { RevisionRequest } from '../ports/deployment-provider.ts';
import { DomainError } from '../ports/domain-error.ts';
import type { JournalEntry } from '../ports/operation-journal.ts';
import type { ProbeAnswer, ProbeRequest } from '../ports/health-probe.ts';
import type { Logger } from '../ports/logger.ts';
import type { TargetSession } from '../ports/target-session.ts';
import type { MetricsSource } from '../ports/metrics-source.ts';
import { FakeHealthProbe } from '../providers/fakes/fake-health-probe.ts';
import { ManualClock } from '../providers/fakes/manual-clock.ts';
import { MemoryAuditLog } from '../providers/fakes/memory-audit-log.ts';
import { MemoryImageBuilder } from '../providers/fakes/memory-image-builder.ts';
import { MemoryJournal } from '../providers/fakes/memory-journal.ts';
import { MemoryKeyStore } from '../providers/fakes/memory-key-store.ts';
import { MemoryProvider } from '../providers/fakes/memory-provider.ts';
import { MemoryReferences } from '../providers/fakes/memory-references.ts';
import { MemorySettingsStore } from '../providers/fakes/memory-settings-store.ts';
import { ScriptedConsent } from '../providers/fakes/scripted-consent.ts';
import { unsupportedSession } from '../sessions.ts';
import { noAccess } from '../providers/local/no-access.ts';
import type { Core } from '../usecases/core.ts';
import { createCore, selectedTarget, targetById } from '../usecases/core.ts';

export interface FakeCoreOptions {
  readonly mode?: TargetMode;
  readonly targetClass?: TargetClass;
  /** 0, which never waits, unless the test is about waiting. */
  readonly cancelWindowMs?: number;
  /** False: time moves only when the test says so. */
  readonly hurried?: boolean;
  readonly startMs?: number;
  readonly journal?: readonly JournalEntry[];
  readonly failure?: (request: RevisionRequest) => string | null;
  readonly onWrite?: (call: string, service: string) => void;
  /** Answers of a service's public address; by default its serving revision answers 200. */
  readonly answers?: (request: ProbeRequest) => ProbeAnswer | null;
  /** What is measured; by default nothing. */
  readonly compareRevisions?: MetricsSource['compareRevisions'];
  /** Runs inside every build. */
  readonly buildWork?: (signal: AbortSignal) => Promise<void>;
}

/** What the local cloud of a test says of itself. */
const DIFFERENCES: readonly PlatformDifference[] = [
  { topic: 'images', here: 'local builds', there: 'any OCI image', test: 'build.test.ts' },
];

/** A whole console over fakes: nothing of it touches the network, a disk or the real time. */
export interface FakeCore {
  readonly core: Core;
  readonly clock: ManualClock;
  readonly provider: MemoryProvider;
  readonly builder: MemoryImageBuilder;
  readonly references: MemoryReferences;
  readonly keys: MemoryKeyStore;
  readonly probe: FakeHealthProbe;
  readonly journal: MemoryJournal;
  readonly audit: MemoryAuditLog;
  readonly settings: MemorySettingsStore;
  readonly consent: ScriptedConsent;
  /** Lines of the log with their causes, as text. */
  readonly logged: string[];
}

export function fakeCore(options: FakeCoreOptions = {}): FakeCore {
  const clock = new ManualClock({ hurried: options.hurried ?? true });
  const { startMs = 0, failure = () => null, onWrite = () => undefined } = options;
  const provider = new MemoryProvider({ clock, startMs, failure, onWrite });
  const builder = new MemoryImageBuilder({
    sources: { backend: 'backend 1', gateway: 'gateway 1' },
    ...(options.buildWork === undefined ? {} : { work: options.buildWork }),
  });
  const document = settingsFor(options);
  const parts = {
    clock,
    provider,
    builder,
    references: new MemoryReferences(),
    keys: new MemoryKeyStore(clock),
    probe: answeringProbe(provider, options.answers),
    journal: new MemoryJournal(options.journal),
    audit: new MemoryAuditLog(),
    settings: new MemorySettingsStore(document),
    consent: new ScriptedConsent(),
    logged: [] as string[],
  };
  return { ...parts, core: coreOver(parts, document, options) };
}

function coreOver(
  parts: Omit<FakeCore, 'core'>,
  document: Settings,
  { compareRevisions, cancelWindowMs = 0 }: FakeCoreOptions,
): Core {
  let ids = 0;
  const local = sessionOver(parts);
  const sessionOf = (id: string): TargetSession =>
    id === LOCAL_TARGET.id ? local : unsupportedSession(targetById(core, id));
  const core = createCore(
    {
      ...parts,
      log: collectingLogger(parts.logged),
      metrics:
        compareRevisions === undefined ? quietMetrics : { ...quietMetrics, compareRevisions },
      get session() {
        return sessionOf(selectedTarget(core).id);
      },
      sessionOf,
      newId: () => `id-${String((ids += 1))}`,
    },
    {
      version: '0.0.0',
      runtimes: [],
      stateFolder: 'memory',
      cancelWindowMs,
      settingsWarning: null,
    },
    document,
  );
  return core;
}

function sessionOver({ provider, builder, references }: Omit<FakeCore, 'core'>): TargetSession {
  return {
    provider,
    builder,
    references,
    scrapeTargets: { list: () => Promise.resolve([]) },
    secrets: {
      gatewayAdminToken: () => Promise.resolve('admin-token'),
      sampleTrafficKey: () => Promise.resolve('sample-key'),
    },
    access: noAccess,
    differences: { list: () => Promise.resolve(DIFFERENCES) },
    reachability: () => reachable(provider),
  };
}

/** Waits until an operation has ended and returns it. */
export async function endOf(core: Core, id: string): Promise<Operation> {
  for await (const operations of core.memory.operations.watch(AbortSignal.timeout(60_000))) {
    const operation = operations.find((candidate) => candidate.id === id);
    if (operation !== undefined && isTerminal(operation.state)) {
      await core.runner.settled();
      return operation;
    }
  }
  throw new Error(`operation ${id} did not end`);
}

async function reachable(
  provider: MemoryProvider,
): Promise<{ reachable: true; startedAt: null } | { reachable: false; reason: string }> {
  try {
    await provider.listServices();
    return { reachable: true, startedAt: null };
  } catch (error) {
    if (error instanceof DomainError) return { reachable: false, reason: error.message };
    throw error;
  }
}

/** A probe whose plain requests are answered by whatever the platform says is serving. */
function answeringProbe(
  provider: MemoryProvider,
  scripted: FakeCoreOptions['answers'],
): FakeHealthProbe {
  const probe = new FakeHealthProbe();
  const fake = probe.request.bind(probe);
  probe.request = async (request) => {
    await fake(request);
    const answer = scripted?.(request);
    if (answer) return answer;
    const services = await provider.listServices();
    const service = services.find(({ uri }) => uri !== '' && request.url.startsWith(uri));
    const revision = service === undefined ? null : servingRevision(service);
    return revision === null
      ? { status: null, elapsedMs: 1, revision, body: '', error: 'connection refused' }
      : { status: 200, elapsedMs: 1, revision, body: '{}', error: null };
  };
  return probe;
}

function settingsFor({ mode = 'normal', targetClass = 'dev' }: FakeCoreOptions): Settings {
  return {
    version: 1,
    theme: 'system',
    targetId: LOCAL_TARGET.id,
    targets: [{ ...LOCAL_TARGET, mode, class: targetClass }],
    sampleTraffic: { requestsPerSecond: 20 },
  };
}

function collectingLogger(lines: string[]): Logger {
  return {
    info: (message, fields) => lines.push(`${message} ${JSON.stringify(fields ?? {})}`),
    warn: (message, fields) => lines.push(`${message} ${JSON.stringify(fields ?? {})}`),
    error: (message, cause, fields) =>
      lines.push(`${message} ${String(cause)} ${JSON.stringify(fields ?? {})}`),
  };
}

/** No traffic yet: one empty picture, then nothing until the watcher leaves. */
const quietMetrics: MetricsSource = {
  async *watchBoard(_query, signal) {
    yield {
      kind: 'full',
      frame: {
        times: [],
        states: [],
        series: { p50: [], p95: [], p99: [], requests: [], errors: [], inFlight: [] },
        heat: [],
      },
      boundsMs: [],
      windowSeconds: 15,
      instances: 0,
      scrapedAt: null,
    };
    await leaving(signal);
  },
  async *watchFigures(signal) {
    yield [];
    await leaving(signal);
  },
  routes: () => Promise.resolve([]),
  filters: () => Promise.resolve({ routes: [], revisions: [] }),
  keyUsage: () => Promise.resolve([]),
  usage: () => Promise.resolve(null),
  compareRevisions: ({ revisions }) =>
    Promise.resolve({
      until: null,
      revisions: revisions.map((revision) => ({
        revision,
        requests: 0,
        serverErrors: 0,
        bounds: [],
        counts: [],
        p95Ms: null,
        p99Ms: null,
      })),
    }),
};

function leaving(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
