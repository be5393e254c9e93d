import type { Revision, RevisionTemplate, Service } from '../../../shared/domain/revision.ts';
import type {
  DeploymentProvider,
  RemoteOutcome,
  RevisionRequest,
  WantedTraffic,
} from '../../ports/deployment-provider.ts';

const PATIENCE_MS = 5 * 60_000;

/** A platform that the conformance suite may deploy to. Every case uses services of its own. */
export interface PlatformUnderTest {
  readonly provider: DeploymentProvider;
  /** The same platform through a second console, as after a restart. */
  readonly another: DeploymentProvider;
  /** A template that becomes ready. */
  readonly working: RevisionTemplate;
  /** One that never does; its reason contains `failingReason`. */
  readonly failing: RevisionTemplate;
  readonly failingReason: string;
  /** One that becomes ready after at least 300 ms. */
  readonly slow: RevisionTemplate;
  /** How the services of the cases are called: this and a number. */
  readonly prefix: string;
  /** Name of an operation that the platform never had. */
  readonly unknownOperation: string;
  /** Makes the platform unreachable, for good; null where that is out of reach. */
  readonly cut: (() => Promise<void>) | null;
  readonly close: () => Promise<void>;
}

interface TwoRevisions {
  readonly service: string;
  readonly first: string;
  readonly second: string;
}

/** What the cases do with a platform again and again. */
export class PlatformRig {
  readonly platform: PlatformUnderTest;
  #count = 0;
  #shared: Promise<TwoRevisions> | null = null;

  constructor(platform: PlatformUnderTest) {
    this.platform = platform;
  }

  get provider(): DeploymentProvider {
    return this.platform.provider;
  }

  get another(): DeploymentProvider {
    return this.platform.another;
  }

  newService(): string {
    return `${this.platform.prefix}${this.#next()}`;
  }

  /** Name of a service that is never made. */
  get nobody(): string {
    return `${this.platform.prefix}nobody`;
  }

  /** The one service of the cases that only look at it or move its traffic. */
  shared(): Promise<TwoRevisions> {
    this.#shared ??= this.twoRevisions();
    return this.#shared;
  }

  /** As every case with the shared service finds it: all traffic on the first revision, no tag. */
  async resetShared(): Promise<void> {
    const { service, first } = await this.shared();
    await this.shift(service, only(first));
  }

  /** The working template with something that tells it apart. */
  withEnv(value: string): RevisionTemplate {
    const { working } = this.platform;
    return { ...working, env: [...working.env, { name: 'VARIANT', value }] };
  }

  request(service: string, template = this.platform.working): RevisionRequest {
    return { service, template, deployId: `${this.platform.prefix}deploy-${this.#next()}` };
  }

  async create(wanted: RevisionRequest): Promise<RemoteOutcome> {
    return this.provider.waitFor(await this.provider.createRevision(wanted), patience());
  }

  /** Name of a new revision that has become ready. */
  async createReady(service: string, template?: RevisionTemplate): Promise<string> {
    const outcome = await this.create(this.request(service, template));
    if (outcome.state === 'failed') throw new Error(outcome.reason);
    return outcome.revision ?? '';
  }

  async shift(service: string, wanted: WantedTraffic): Promise<RemoteOutcome> {
    return this.provider.waitFor(await this.provider.setTraffic(service, wanted), patience());
  }

  /** A service with two ready revisions, all traffic on the first. */
  async twoRevisions(): Promise<TwoRevisions> {
    const service = this.newService();
    const first = await this.createReady(service);
    const second = await this.createReady(service, this.withEnv('two'));
    return { service, first, second };
  }

  get(service: string): Promise<Service> {
    return this.provider.getService(service);
  }

  list(service: string): Promise<readonly Revision[]> {
    return this.provider.listRevisions(service);
  }

  #next(): string {
    this.#count += 1;
    return String(this.#count);
  }
}

/** How long a case waits for an operation: a busy machine is slow, a real platform slower. */
export function patience(): AbortSignal {
  return AbortSignal.timeout(PATIENCE_MS);
}

/** Who serves how much. */
export function served(service: Service): readonly (readonly [string, number])[] {
  return service.serving.shares.map(({ revision, percent }) => [revision, percent]);
}

export function only(revision: string): WantedTraffic {
  return { kind: 'split', shares: [{ revision, percent: 100, tag: null }] };
}
