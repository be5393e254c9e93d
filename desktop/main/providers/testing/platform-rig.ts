import type { Revision, RevisionTemplate, Service } from '../../../shared/domain/revision.ts';
import type {
  DeploymentProvider,
  RemoteOutcome,
  RevisionRequest,
  WantedTraffic,
} from '../../ports/deployment-provider.ts';

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
  /** Makes the platform unreachable; nothing is asked of it afterwards. */
  readonly cut: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What the cases do with a platform again and again. */
export class PlatformRig {
  readonly platform: PlatformUnderTest;
  #count = 0;

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
    return `case-${this.#next()}`;
  }

  /** The working template with something that tells it apart. */
  withEnv(value: string): RevisionTemplate {
    const { working } = this.platform;
    return { ...working, env: [...working.env, { name: 'VARIANT', value }] };
  }

  request(service: string, template = this.platform.working): RevisionRequest {
    return { service, template, deployId: `deploy-${this.#next()}` };
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
  async twoRevisions(): Promise<{ service: string; first: string; second: string }> {
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

/** How long a case waits for an operation. */
export function patience(): AbortSignal {
  return AbortSignal.timeout(12_000);
}

/** Who serves how much. */
export function served(service: Service): readonly (readonly [string, number])[] {
  return service.serving.shares.map(({ revision, percent }) => [revision, percent]);
}

export function only(revision: string): WantedTraffic {
  return { kind: 'split', shares: [{ revision, percent: 100, tag: null }] };
}
