import type { DomainMapping } from '../../../shared/domain/domain-mapping.ts';
import type { PreflightFinding } from '../../../shared/domain/preflight.ts';
import type {
  Revision,
  Service,
  ServiceScaling,
  ServiceSettings,
} from '../../../shared/domain/revision.ts';
import { splitProblem } from '../../../shared/domain/traffic.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  AccessChange,
  Capabilities,
  DeploymentProvider,
  PlatformLogLine,
  PreflightSpec,
  RemoteOperation,
  RemoteOutcome,
  RevisionRequest,
  WantedTraffic,
} from '../../ports/deployment-provider.ts';
import {
  accessFailed,
  invalidServiceName,
  isServiceName,
  permissionMissing,
  publicAccessRefused,
} from '../cloud-run/preflight-findings.ts';
import { requireDigest } from '../cloud-run/require-digest.ts';
import { permissionsFor } from '../cloud-run/required-permissions.ts';
import {
  changedMeanwhile,
  invalidSplit,
  serviceNotFound,
  tookTooLong,
  underWay,
  unknownOperation,
  unreachable,
} from './memory-failures.ts';
import { MemoryOperations } from './memory-operation.ts';
import { MemoryService } from './memory-service.ts';

export interface MemoryProviderOptions {
  readonly clock: Clock;
  /** How long a revision takes to become ready or to fail. Default 0 ms. */
  readonly startMs?: number;
  /** How long a traffic shift takes. Default 0 ms. */
  readonly shiftMs?: number;
  /** Asked for every revision that is cut: the reason why it will not become ready, or null. */
  readonly failure?: (request: RevisionRequest) => string | null;
  /** Called before every write, for example to assert that the journal was written first. */
  readonly onWrite?: (call: MemoryWrite, service: string) => void;
}

type MemoryWrite = 'createRevision' | 'setTraffic' | 'setAccess' | 'setScaling';

const POLL_MS = 50;
const OPERATION_TIMEOUT_MS = 15 * 60_000;

/** A whole platform in memory: for tests of use cases and for a console without any target. */
export class MemoryProvider implements DeploymentProvider {
  readonly #options: MemoryProviderOptions;
  readonly #operations = new MemoryOperations();
  readonly #services = new Map<string, MemoryService>();
  readonly #logs = new Map<string, PlatformLogLine[]>();
  #unreachable: string | null = null;
  readonly #denied = new Set<string>();
  readonly #domains = new Map<string, readonly DomainMapping[]>();
  #publicRefusal: string | null = null;
  readonly #conflicts: (WantedTraffic | null)[] = [];

  constructor(options: MemoryProviderOptions) {
    this.#options = options;
  }

  /** From now on every call fails with TARGET_UNREACHABLE and this reason; null ends it. */
  becomeUnreachable(reason: string | null): void {
    this.#unreachable = reason;
  }

  /** The next write finds that the service was changed since it was read, its traffic to this. */
  conflictOnNextWrite(traffic: WantedTraffic | null = null): void {
    this.#conflicts.push(traffic);
  }

  /** As if the platform had been restarted without its operations. */
  forgetOperations(): void {
    this.#operations.forgetAll();
  }

  /** A permission that the operator doesn't have, as a preflight would find. */
  deny(permission: string): void {
    this.#denied.add(permission);
  }

  /** From now on opening a service is refused for this reason; null ends it. */
  refusePublicAccess(reason: string | null): void {
    this.#publicRefusal = reason;
  }

  mapDomains(service: string, mappings: readonly DomainMapping[]): void {
    this.#domains.set(service, mappings);
  }

  /** Adds a line to a revision's log. */
  writeLog(line: PlatformLogLine): void {
    this.#logs.set(line.revision, [...(this.#logs.get(line.revision) ?? []), line]);
  }

  capabilities(): Capabilities {
    return {
      build: true,
      trafficSplit: true,
      tags: true,
      scaleToZero: false,
      logs: true,
      publicAccess: true,
      domainMappings: true,
      costEstimate: true,
    };
  }

  async listServices(): Promise<readonly Service[]> {
    await this.#enter();
    return [...this.#services.values()].map((service) => this.#view(service));
  }

  async getService(service: string): Promise<Service> {
    await this.#enter();
    return this.#view(this.#need(service));
  }

  async listRevisions(service: string): Promise<readonly Revision[]> {
    await this.#enter();
    return this.#services.get(service)?.toRevisions() ?? [];
  }

  async createRevision(request: RevisionRequest): Promise<RemoteOperation> {
    await this.#enter();
    requireDigest(request.template.image);
    const known = this.#services.get(request.service);
    const adopted = known?.revisions.find((revision) => revision.deployId === request.deployId);
    if (adopted) return { name: adopted.operation, service: request.service };
    this.#beforeWrite('createRevision', request.service);
    if (this.#operations.isBusy(request.service)) throw underWay(request.service);
    const service = known ?? new MemoryService(request.service);
    this.#services.set(service.id, service);
    const name = this.#startRevision(service, request);
    return { name, service: service.id, ...this.#apply(service, request.settings ?? {}) };
  }

  async setTraffic(service: string, wanted: WantedTraffic): Promise<RemoteOperation> {
    const problem = wanted.kind === 'split' ? splitProblem(wanted.shares) : null;
    if (problem !== null) throw invalidSplit(problem);
    await this.#enter();
    const stored = this.#need(service);
    this.#beforeWrite('setTraffic', service);
    stored.want(wanted);
    stored.version += 1;
    return { name: this.#startShift(stored), service };
  }

  async setAccess(service: string, change: AccessChange): Promise<RemoteOperation> {
    await this.#enter();
    const stored = this.#need(service);
    this.#beforeWrite('setAccess', service);
    const refused = this.#apply(stored, change);
    return { name: this.#startShift(stored), service, ...refused };
  }

  async setScaling(service: string, scaling: ServiceScaling): Promise<RemoteOperation> {
    await this.#enter();
    const stored = this.#need(service);
    this.#beforeWrite('setScaling', service);
    this.#apply(stored, { scaling });
    return { name: this.#startShift(stored), service };
  }

  async preflight({ service, actions }: PreflightSpec): Promise<readonly PreflightFinding[]> {
    await Promise.resolve();
    if (this.#unreachable !== null) return [accessFailed(unreachable(this.#unreachable))];
    if (service !== null && !isServiceName(service)) return [invalidServiceName(service)];
    return permissionsFor(actions, true)
      .filter(({ permission }) => this.#denied.has(permission))
      .map((required) => permissionMissing(required, 'memory', null));
  }

  async domainMappings(service: string): Promise<readonly DomainMapping[]> {
    await this.#enter();
    return this.#domains.get(this.#need(service).id) ?? [];
  }

  async waitFor(operation: RemoteOperation, signal: AbortSignal): Promise<RemoteOutcome> {
    const { clock } = this.#options;
    const deadline = clock.now() + OPERATION_TIMEOUT_MS;
    while (clock.now() < deadline) {
      signal.throwIfAborted();
      await this.#enter();
      const outcome = this.#operations.outcome(operation.name);
      if (outcome === undefined) throw unknownOperation(operation.name);
      if (outcome !== null) return outcome;
      await clock.sleep(POLL_MS, signal);
    }
    throw tookTooLong(operation.name);
  }

  async readLogs(
    _service: string,
    revision: string,
    limit: number,
  ): Promise<readonly PlatformLogLine[]> {
    await this.#enter();
    return (this.#logs.get(revision) ?? []).slice(-limit);
  }

  #startRevision(service: MemoryService, request: RevisionRequest): string {
    const { clock, startMs = 0, failure } = this.#options;
    const reason = failure?.(request) ?? null;
    const createdAt = clock.now();
    const operation = this.#operations.start({
      service: service.id,
      dueAt: createdAt + startMs,
      finish: () => {
        revision.state = reason === null ? 'ready' : 'failed';
        revision.reason = reason;
        return ended(service, reason ?? service.route());
      },
    });
    const { template, deployId } = request;
    const revision = service.add({ template, deployId, createdAt, operation });
    if (typeof request.tag === 'string') service.tag(revision.name, request.tag);
    return operation;
  }

  #startShift(service: MemoryService): string {
    return this.#operations.start({
      service: service.id,
      dueAt: this.#options.clock.now() + (this.#options.shiftMs ?? 0),
      finish: () => ended(service, service.route()),
    });
  }

  /** Settings take effect at once; a refusal to open the service leaves it closed and says so. */
  #apply(
    service: MemoryService,
    change: Partial<ServiceSettings>,
  ): { warnings?: readonly PreflightFinding[] } {
    const refusal = change.public === true ? this.#publicRefusal : null;
    service.settings = {
      ...service.settings,
      ...change,
      ...(refusal === null ? {} : { public: service.settings.public }),
    };
    service.version += 1;
    if (refusal === null) return {};
    return { warnings: [publicAccessRefused(service.id, refusal, null)] };
  }

  /** What every call starts with: an unreachable platform answers nothing; work that is due is done. */
  async #enter(): Promise<void> {
    await Promise.resolve();
    if (this.#unreachable !== null) throw unreachable(this.#unreachable);
    this.#operations.settle(this.#options.clock.now());
  }

  #beforeWrite(call: MemoryWrite, service: string): void {
    this.#options.onWrite?.(call, service);
    const change = this.#conflicts.shift();
    if (change === undefined) return;
    const stored = this.#services.get(service);
    if (stored) {
      stored.version += 1;
      if (change !== null) {
        stored.want(change);
        this.#startShift(stored);
      }
    }
    throw changedMeanwhile(service);
  }

  #need(id: string): MemoryService {
    const service = this.#services.get(id);
    if (service) return service;
    throw serviceNotFound(id);
  }

  #view(service: MemoryService): Service {
    return service.toService(this.#operations.isBusy(service.id));
  }
}

function ended(service: MemoryService, problem: string | null): RemoteOutcome {
  service.failure = problem;
  if (problem !== null) return { state: 'failed', reason: problem };
  return { state: 'succeeded', revision: service.revisions.at(-1)?.name ?? null };
}
