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
import { DomainError } from '../../ports/domain-error.ts';
import { normaliseMessage } from './normalise-message.ts';
import type { Polling } from './poll-operation.ts';
import { pollUntilDone } from './poll-operation.ts';
import type { RunClientPool, RunClients } from './run-clients.ts';
import { revisionMessage, serviceMessage, shortName } from './run-messages.ts';
import type { RevisionMessage } from './run-messages.ts';
import {
  createServiceRequest,
  cutRevisionRequest,
  DEPLOY_LABEL,
  deployLabel,
  setSettingsRequest,
  setTrafficRequest,
} from './service-change.ts';
import { permissionMissing } from './preflight-findings.ts';
import { permissionsFor } from './required-permissions.ts';
import { GRPC_STATUS, grpcCode, toDomainError } from './to-domain-error.ts';
import { toRevision } from './to-revision.ts';
import { failureOf, toService } from './to-service.ts';

/** Reads log lines; Cloud Run's API has none of its own. */
export type LogReader = (
  service: string,
  revision: string,
  limit: number,
) => Promise<readonly PlatformLogLine[]>;

export interface CloudRunOptions {
  readonly clients: RunClientPool;
  readonly project: string;
  readonly location: string;
  /** The platform as a reader knows it: `the local cloud`. */
  readonly platform: string;
  readonly polling: Polling;
  readonly clock: Clock;
  /** null when this platform's logs can't be read. */
  readonly readLogs: LogReader | null;
}

/** Name of what a retry waits for when the operation of its first try is lost: the revision itself. */
const REVISION_NAME = /\/services\/[^/]+\/revisions\/[^/]+$/;

/** Cloud Run v2 behind the port; the address is a parameter, so `local` is the same adapter. */
export class CloudRunProvider implements DeploymentProvider {
  readonly #options: CloudRunOptions;
  readonly #parent: string;

  constructor(options: CloudRunOptions) {
    this.#options = options;
    this.#parent = `projects/${options.project}/locations/${options.location}`;
  }

  capabilities(): Capabilities {
    const logs = this.#options.readLogs !== null;
    return {
      build: true,
      trafficSplit: true,
      tags: true,
      scaleToZero: true,
      logs,
      publicAccess: true,
      domainMappings: false,
      costEstimate: true,
    };
  }

  listServices(): Promise<readonly Service[]> {
    return this.#call('', async ({ services, callOptions }) => {
      const [found] = await services.listServices({ parent: this.#parent }, callOptions);
      return found.map((message) => readService(message));
    });
  }

  getService(service: string): Promise<Service> {
    return this.#call(service, (clients) => this.#read(clients, service));
  }

  listRevisions(service: string): Promise<readonly Revision[]> {
    return this.#call(service, async (clients) => {
      const [found, messages] = await Promise.all([
        this.#find(clients, service),
        this.#revisionMessages(clients, service),
      ]);
      const serving = found?.serving.shares ?? [];
      return found === null ? [] : messages.map((message) => toRevision(message, serving));
    });
  }

  createRevision(request: RevisionRequest): Promise<RemoteOperation> {
    const { service } = request;
    return this.#call(service, async (clients) => {
      const current = await this.#find(clients, service);
      if (current === null) return this.#createService(clients, request);
      const adopted = await this.#madeEarlier(clients, request);
      if (adopted !== null) return { name: adopted, service };
      if (current.reconciling) throw underWay(service);
      const update = cutRevisionRequest(this.#nameOf(service), current, request);
      const [operation] = await clients.services.updateService(update, clients.callOptions);
      return { name: operation.name ?? '', service };
    });
  }

  async setTraffic(service: string, wanted: WantedTraffic): Promise<RemoteOperation> {
    const problem = wanted.kind === 'split' ? splitProblem(wanted.shares) : null;
    if (problem !== null) throw invalidSplit(problem);
    return this.#call(service, async (clients) => {
      const current = await this.#read(clients, service);
      const update = setTrafficRequest(this.#nameOf(service), current, wanted);
      const [operation] = await clients.services.updateService(update, clients.callOptions);
      return { name: operation.name ?? '', service };
    });
  }

  setAccess(service: string, change: AccessChange): Promise<RemoteOperation> {
    return this.#changeSettings(service, change);
  }

  setScaling(service: string, scaling: ServiceScaling): Promise<RemoteOperation> {
    return this.#changeSettings(service, { scaling });
  }

  preflight({ service, actions }: PreflightSpec): Promise<readonly PreflightFinding[]> {
    return this.#call(service ?? '', async ({ services, callOptions }) => {
      if (service === null) return [];
      const required = permissionsFor(actions).filter(({ on }) => on === 'service');
      const permissions = required.map(({ permission }) => permission);
      const [held] = await services.testIamPermissions(
        { resource: this.#nameOf(service), permissions },
        callOptions,
      );
      return required
        .filter(({ permission }) => !(held.permissions ?? []).includes(permission))
        .map((missing) => permissionMissing(missing, this.#options.project, null));
    });
  }

  domainMappings(): Promise<readonly DomainMapping[]> {
    return Promise.reject(
      new DomainError({
        code: 'UNSUPPORTED',
        message: `${this.#options.platform} has no domains of its own.`,
        nextStep: 'Use the service’s own address.',
      }),
    );
  }

  waitFor(operation: RemoteOperation, signal: AbortSignal): Promise<RemoteOutcome> {
    const { polling, clock, platform } = this.#options;
    const missing = 'OPERATION_NOT_FOUND';
    const subject = `The change of ${operation.service} on ${platform}`;
    const ask = (): Promise<RemoteOutcome | null> =>
      this.#call(operation.service, (clients) => this.#ask(clients, operation), missing);
    return pollUntilDone({ polling, clock, signal, subject, ask });
  }

  async readLogs(
    service: string,
    revision: string,
    limit: number,
  ): Promise<readonly PlatformLogLine[]> {
    const { readLogs, platform } = this.#options;
    if (readLogs !== null) return readLogs(service, revision, limit);
    throw new DomainError({
      code: 'UNSUPPORTED',
      message: `The console can't read the logs of ${platform}.`,
      nextStep: 'Read them in the platform’s own console.',
    });
  }

  #changeSettings(service: string, change: Partial<ServiceSettings>): Promise<RemoteOperation> {
    return this.#call(service, async (clients) => {
      const { etag } = await this.#read(clients, service);
      const update = setSettingsRequest(this.#nameOf(service), etag, change);
      const [operation] = await clients.services.updateService(update, clients.callOptions);
      return { name: operation.name ?? '', service };
    });
  }

  async #ask(clients: RunClients, operation: RemoteOperation): Promise<RemoteOutcome | null> {
    if (REVISION_NAME.test(operation.name)) return this.#askRevision(clients, operation.name);
    const answer = await clients.getOperation(operation.name);
    if (!answer.done) return null;
    if (answer.error)
      return { state: 'failed', reason: answer.error.message ?? 'No reason given.' };
    const { latestCreatedRevision } = await this.#read(clients, operation.service);
    return { state: 'succeeded', revision: latestCreatedRevision };
  }

  async #askRevision(clients: RunClients, name: string): Promise<RemoteOutcome | null> {
    const [found] = await clients.revisions.getRevision({ name }, clients.callOptions);
    const { conditions } = revisionMessage.parse(normaliseMessage(found));
    const ready = conditions.find((condition) => condition.type === 'Ready');
    const reason = failureOf(ready);
    if (reason !== null) return { state: 'failed', reason };
    if (ready?.state !== 'CONDITION_SUCCEEDED') return null;
    return { state: 'succeeded', revision: shortName(name) };
  }

  async #createService(clients: RunClients, request: RevisionRequest): Promise<RemoteOperation> {
    const create = createServiceRequest(this.#parent, request);
    const [operation] = await clients.services.createService(create, clients.callOptions);
    return { name: operation.name ?? '', service: request.service };
  }

  /** Full name of the revision that an earlier try with the same deploy id cut, if there is one. */
  async #madeEarlier(clients: RunClients, request: RevisionRequest): Promise<string | null> {
    const messages = await this.#revisionMessages(clients, request.service);
    const label = deployLabel(request.deployId);
    return messages.find(({ labels }) => labels[DEPLOY_LABEL] === label)?.name ?? null;
  }

  async #revisionMessages(clients: RunClients, service: string): Promise<RevisionMessage[]> {
    const parent = this.#nameOf(service);
    try {
      const [found] = await clients.revisions.listRevisions({ parent }, clients.callOptions);
      return found
        .map((message) => revisionMessage.parse(normaliseMessage(message)))
        .sort((a, b) => b.createTime.localeCompare(a.createTime) || b.name.localeCompare(a.name));
    } catch (error) {
      if (grpcCode(error) === GRPC_STATUS.notFound) return [];
      throw error;
    }
  }

  async #read({ services, callOptions }: RunClients, service: string): Promise<Service> {
    const [message] = await services.getService({ name: this.#nameOf(service) }, callOptions);
    return readService(message);
  }

  async #find(clients: RunClients, service: string): Promise<Service | null> {
    try {
      return await this.#read(clients, service);
    } catch (error) {
      if (grpcCode(error) === GRPC_STATUS.notFound) return null;
      throw error;
    }
  }

  #nameOf(service: string): string {
    return `${this.#parent}/services/${service}`;
  }

  /** Runs calls and translates whatever they throw. */
  async #call<T>(
    service: string,
    run: (clients: RunClients) => Promise<T>,
    missing: 'SERVICE_NOT_FOUND' | 'OPERATION_NOT_FOUND' = 'SERVICE_NOT_FOUND',
  ): Promise<T> {
    try {
      return await run(await this.#options.clients.get());
    } catch (error) {
      throw toDomainError(error, { platform: this.#options.platform, service, missing });
    }
  }
}

function readService(message: unknown): Service {
  return toService(serviceMessage.parse(normaliseMessage(message)));
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
