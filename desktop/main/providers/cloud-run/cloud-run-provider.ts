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
import { cutRevision, dryRunFlag, hiddenValues } from './cut-revision.ts';
import type { LogReader } from './cloud-logs.ts';
import { cloudLogReader } from './cloud-logs.ts';
import type { DomainReader } from './domain-mappings.ts';
import { domainReader } from './domain-mappings.ts';
import { lookAt } from './follow-operation.ts';
import type { GoogleHttp } from './google-http.ts';
import type { Polling } from './poll-operation.ts';
import { pollUntilDone } from './poll-operation.ts';
import { Preflight } from './preflight.ts';
import { flagIsRefused, PublicAccess } from './public-access.ts';
import type { ClientSource, RunClients } from './run-clients.ts';
import type { ServiceSnapshot } from './run-reads.ts';
import {
  findSnapshot,
  listRevisionMessages,
  listSnapshots,
  readSnapshot,
  toRevisions,
} from './run-reads.ts';
import { setSettingsRequest, setTrafficRequest } from './service-change.ts';
import type { CallSubject } from './to-domain-error.ts';
import { toDomainError } from './to-domain-error.ts';
import { writeService } from './write-service.ts';

export interface CloudRunOptions {
  readonly clients: ClientSource;
  readonly project: string;
  readonly location: string;
  /** The platform as a reader knows it: `the local cloud`. */
  readonly platform: string;
  readonly polling: Polling;
  readonly clock: Clock;
  /** Reads a revision's lines; without one Cloud Logging does, where there is `http`. */
  readonly readLogs: LogReader | null;
  /** Google's other APIs; the local cloud has none of them. */
  readonly http?: GoogleHttp;
  /** Who is signed in, as gcloud writes it: `user:ann@example.com`. For the words of a fix. */
  readonly member?: () => Promise<string | null>;
}

/** Cloud Run v2 behind the port; the address is a parameter, so `local` is the same adapter. */
export class CloudRunProvider implements DeploymentProvider {
  readonly #options: CloudRunOptions;
  readonly #parent: string;
  readonly #access: PublicAccess;
  readonly #preflight: Preflight;
  /** null when this platform's logs can't be read. */
  readonly #readLogs: LogReader | null;
  /** null when this platform has no domains. */
  readonly #readDomains: DomainReader | null;

  constructor(options: CloudRunOptions) {
    this.#options = options;
    this.#parent = `projects/${options.project}/locations/${options.location}`;
    this.#access = new PublicAccess(options.clock);
    const { http = null, member = nobody, project, location } = options;
    this.#preflight = new Preflight({ ...options, http, member });
    this.#readDomains = http === null ? null : domainReader(http, project);
    this.#readLogs = options.readLogs ?? (http && cloudLogReader(http, project, location));
  }

  capabilities(): Capabilities {
    return {
      build: true,
      trafficSplit: true,
      tags: true,
      scaleToZero: true,
      logs: this.#readLogs !== null,
      publicAccess: true,
      domainMappings: this.#readDomains !== null,
      costEstimate: true,
    };
  }

  listServices(): Promise<readonly Service[]> {
    return this.#call('', async (clients) => {
      const found = await listSnapshots(clients, this.#parent);
      return Promise.all(found.map((snapshot) => this.#withAccess(clients, snapshot)));
    });
  }

  getService(service: string): Promise<Service> {
    return this.#call(service, async (clients) =>
      this.#withAccess(clients, await readSnapshot(clients, this.#nameOf(service))),
    );
  }

  listRevisions(service: string): Promise<readonly Revision[]> {
    return this.#call(service, async (clients) => {
      const name = this.#nameOf(service);
      const [found, revisions] = await Promise.all([
        findSnapshot(clients, name),
        listRevisionMessages(clients, name),
      ]);
      return found === null ? [] : toRevisions(revisions, found.service.serving);
    });
  }

  createRevision(request: RevisionRequest): Promise<RemoteOperation> {
    const cut = { parent: this.#parent, request, access: this.#access };
    const hidden = hiddenValues(request);
    return this.#call(request.service, (clients) => cutRevision({ ...cut, clients }), { hidden });
  }

  async setTraffic(service: string, wanted: WantedTraffic): Promise<RemoteOperation> {
    const problem = wanted.kind === 'split' ? splitProblem(wanted.shares) : null;
    if (problem !== null) throw invalidSplit(problem);
    return this.#call(service, async (clients) => {
      const before = await readSnapshot(clients, this.#nameOf(service));
      const { name } = await writeService({
        clients,
        before,
        build: (current) => setTrafficRequest(current, wanted),
      });
      return { name: name ?? '', service };
    });
  }

  setAccess(service: string, change: AccessChange): Promise<RemoteOperation> {
    return this.#call(service, async (clients) => {
      const before = await readSnapshot(clients, this.#nameOf(service));
      const refused =
        change.public === true && (await flagIsRefused(() => dryRunFlag(clients, before)));
      const { public: wanted, ...rest } = change;
      const fields = refused || wanted === undefined ? rest : { ...rest, public: wanted };
      const operation = await this.#writeSettings(clients, before, fields);
      if (wanted === false) await this.#access.close(clients, before.service.name);
      const finding = refused ? await this.#access.open(clients, before.service.name) : null;
      return finding === null ? operation : { ...operation, warnings: [finding] };
    });
  }

  setScaling(service: string, scaling: ServiceScaling): Promise<RemoteOperation> {
    return this.#call(service, async (clients) => {
      const before = await readSnapshot(clients, this.#nameOf(service));
      return this.#writeSettings(clients, before, { scaling });
    });
  }

  preflight(spec: PreflightSpec): Promise<readonly PreflightFinding[]> {
    return this.#preflight.run(spec);
  }

  async domainMappings(service: string): Promise<readonly DomainMapping[]> {
    const { platform } = this.#options;
    const readDomains = this.#readDomains;
    if (readDomains !== null) return this.#call(service, () => readDomains(service));
    throw unsupported(`${platform} has no domains of its own.`, 'Use the service’s own address.');
  }

  waitFor(operation: RemoteOperation, signal: AbortSignal): Promise<RemoteOutcome> {
    const { polling, clock, platform } = this.#options;
    const subject = `The change of ${operation.service} on ${platform}`;
    const name = this.#nameOf(operation.service);
    return pollUntilDone({
      polling,
      clock,
      signal,
      subject,
      ask: () =>
        this.#call(operation.service, (clients) => lookAt(clients, operation, name), {
          missing: 'OPERATION_NOT_FOUND',
        }),
    });
  }

  async readLogs(
    service: string,
    revision: string,
    limit: number,
  ): Promise<readonly PlatformLogLine[]> {
    const { platform } = this.#options;
    const readLogs = this.#readLogs;
    if (readLogs !== null) {
      return this.#call(service, () => readLogs(service, revision, limit));
    }
    throw unsupported(
      `The console can't read the logs of ${platform}.`,
      'Read them in the platform’s own console.',
    );
  }

  /** An empty change is no write: what IAM alone decides has no operation to follow. */
  async #writeSettings(
    clients: RunClients,
    before: ServiceSnapshot,
    change: Partial<ServiceSettings>,
  ): Promise<RemoteOperation> {
    const service = before.service.id;
    if (Object.keys(change).length === 0) {
      return { name: `${before.service.name}/revisions/${latestOf(before)}`, service };
    }
    const { name } = await writeService({
      clients,
      before,
      build: (current) => setSettingsRequest(current, change),
    });
    return { name: name ?? '', service };
  }

  async #withAccess(
    clients: RunClients,
    { service, decidedByIam }: ServiceSnapshot,
  ): Promise<Service> {
    const { name, ...read } = service;
    return decidedByIam ? { ...read, public: await this.#access.isOpen(clients, name) } : read;
  }

  #nameOf(service: string): string {
    return `${this.#parent}/services/${service}`;
  }

  /** Runs calls and translates whatever they throw. */
  async #call<T>(
    service: string,
    run: (clients: RunClients) => Promise<T>,
    words: Partial<CallSubject> = {},
  ): Promise<T> {
    try {
      return await run(await this.#options.clients.get());
    } catch (error) {
      const { platform, project } = this.#options;
      const missing = 'SERVICE_NOT_FOUND';
      throw toDomainError(error, { platform, project, service, missing, ...words });
    }
  }
}

function nobody(): Promise<null> {
  return Promise.resolve(null);
}

function latestOf({ service }: ServiceSnapshot): string {
  return service.latestReadyRevision ?? service.latestCreatedRevision ?? '';
}

function unsupported(message: string, nextStep: string): DomainError {
  return new DomainError({ code: 'UNSUPPORTED', message, nextStep });
}

function invalidSplit(problem: string): DomainError {
  return new DomainError({
    code: 'TRAFFIC_SPLIT_INVALID',
    message: problem,
    nextStep: 'Correct the shares.',
  });
}
