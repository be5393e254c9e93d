import type { Revision, Service } from '../../../shared/domain/revision.ts';
import { splitProblem } from '../../../shared/domain/traffic.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  Capabilities,
  DeploymentProvider,
  PlatformLogLine,
  RemoteOperation,
  RemoteOutcome,
  RevisionRequest,
  WantedTraffic,
} from '../../ports/deployment-provider.ts';
import { DomainError } from '../../ports/domain-error.ts';
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
  readonly onWrite?: (call: 'createRevision' | 'setTraffic', service: string) => void;
}

const POLL_MS = 50;
const OPERATION_TIMEOUT_MS = 15 * 60_000;

/** A whole platform in memory: for tests of use cases and for a console without any target. */
export class MemoryProvider implements DeploymentProvider {
  readonly #options: MemoryProviderOptions;
  readonly #operations = new MemoryOperations();
  readonly #services = new Map<string, MemoryService>();
  readonly #logs = new Map<string, PlatformLogLine[]>();
  #unreachable: string | null = null;
  #conflicts = 0;

  constructor(options: MemoryProviderOptions) {
    this.#options = options;
  }

  /** From now on every call fails with TARGET_UNREACHABLE and this reason; null ends it. */
  becomeUnreachable(reason: string | null): void {
    this.#unreachable = reason;
  }

  /** The next write finds that someone else changed the service since it was read. */
  conflictOnNextWrite(): void {
    this.#conflicts += 1;
  }

  /** As if the platform had been restarted without its operations. */
  forgetOperations(): void {
    this.#operations.forgetAll();
  }

  /** Adds a line to a revision's log. */
  writeLog(line: PlatformLogLine): void {
    this.#logs.set(line.revision, [...(this.#logs.get(line.revision) ?? []), line]);
  }

  capabilities(): Capabilities {
    return { build: true, trafficSplit: true, tags: true, scaleToZero: false, logs: true };
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
    const known = this.#services.get(request.service);
    const adopted = known?.revisions.find((revision) => revision.deployId === request.deployId);
    if (adopted) return { name: adopted.operation, service: request.service };
    this.#beforeWrite('createRevision', request.service);
    if (this.#operations.isBusy(request.service)) throw underWay(request.service);
    const service = known ?? new MemoryService(request.service);
    this.#services.set(service.id, service);
    return { name: this.#startRevision(service, request), service: service.id };
  }

  async setTraffic(service: string, wanted: WantedTraffic): Promise<RemoteOperation> {
    const problem = wanted.kind === 'split' ? splitProblem(wanted.shares) : null;
    if (problem !== null) throw invalidSplit(problem);
    await this.#enter();
    const stored = this.#need(service);
    this.#beforeWrite('setTraffic', service);
    stored.wanted = wanted;
    stored.version += 1;
    const name = this.#operations.start({
      service,
      dueAt: this.#options.clock.now() + (this.#options.shiftMs ?? 0),
      finish: () => ended(stored, stored.route()),
    });
    return { name, service };
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
    throw new DomainError({
      code: 'TIMEOUT',
      message: `${operation.name} did not end in time.`,
      nextStep: 'Look at the service; the platform may still be working on it.',
    });
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
    return operation;
  }

  /** What every call starts with: an unreachable platform answers nothing; work that is due is done. */
  async #enter(): Promise<void> {
    await Promise.resolve();
    if (this.#unreachable !== null) {
      throw new DomainError({
        code: 'TARGET_UNREACHABLE',
        message: this.#unreachable,
        nextStep: 'Start the platform and try again.',
        retryable: true,
      });
    }
    this.#operations.settle(this.#options.clock.now());
  }

  #beforeWrite(call: 'createRevision' | 'setTraffic', service: string): void {
    this.#options.onWrite?.(call, service);
    if (this.#conflicts === 0) return;
    this.#conflicts -= 1;
    const stored = this.#services.get(service);
    if (stored) stored.version += 1;
    throw new DomainError({
      code: 'CONFLICT',
      message: `Someone else changed ${service} at the same time.`,
      nextStep: 'Look at the service as it is now and try again.',
    });
  }

  #need(id: string): MemoryService {
    const service = this.#services.get(id);
    if (service) return service;
    throw new DomainError({
      code: 'SERVICE_NOT_FOUND',
      message: `There is no service ${id} on this target.`,
      nextStep: 'Deploy it first.',
    });
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

function underWay(service: string): DomainError {
  return new DomainError({
    code: 'CONFLICT',
    message: `Another change of ${service} is under way.`,
    nextStep: 'Wait until it has ended and try again.',
    retryable: true,
  });
}

function invalidSplit(problem: string): DomainError {
  return new DomainError({
    code: 'TRAFFIC_SPLIT_INVALID',
    message: problem,
    nextStep: 'Correct the shares.',
  });
}

function unknownOperation(name: string): DomainError {
  return new DomainError({
    code: 'OPERATION_NOT_FOUND',
    message: `The platform knows no operation ${name}.`,
    nextStep: 'Look at the service to see how the change ended.',
  });
}
