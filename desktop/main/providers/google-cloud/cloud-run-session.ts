import type { Target } from '../../../shared/domain/target.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeploymentProvider } from '../../ports/deployment-provider.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { ImageBuilder } from '../../ports/image-builder.ts';
import type { RevisionReferences } from '../../ports/revision-references.ts';
import type { ScrapeTargets } from '../../ports/scrape-targets.ts';
import type { StackSecrets } from '../../ports/stack-secrets.ts';
import type { Reachability, TargetSession } from '../../ports/target-session.ts';
import { CloudBuildImageBuilder } from '../cloud-build/cloud-build-image-builder.ts';
import { CloudRunProvider } from '../cloud-run/cloud-run-provider.ts';
import type { CloudRunAddress } from '../cloud-run/credentials.ts';
import { REMOTE_POLLING } from '../cloud-run/poll-operation.ts';
import { RunClientPool } from '../cloud-run/run-clients.ts';
import type { GoogleAccess } from '../google-auth/google-access.ts';
import { GoogleReferences } from './google-references.ts';
import { KeptReachability } from './kept-reachability.ts';
import { SecretManagerSecrets } from './secret-manager-secrets.ts';

export interface CloudRunSessionOptions {
  readonly target: Target & { readonly project: string; readonly region: string };
  readonly access: GoogleAccess;
  readonly sourcesFolder: string;
  readonly clock: Clock;
}

/** A project and region of Cloud Run: the same adapter as the local target, aimed at Google. */
export class CloudRunSession implements TargetSession {
  readonly provider: DeploymentProvider;
  readonly builder: ImageBuilder;
  /** A service's address reaches one instance at random: there is nothing to scrape. */
  readonly scrapeTargets: ScrapeTargets = { list: () => Promise.resolve([]) };
  readonly secrets: StackSecrets;
  readonly references: RevisionReferences;
  readonly access: GoogleAccess;
  readonly #clients: RunClientPool;
  readonly #reach: KeptReachability;

  constructor({ target, access, sourcesFolder, clock }: CloudRunSessionOptions) {
    this.access = access;
    this.#clients = new RunClientPool(() => this.#address());
    const platform = {
      clients: this.#clients,
      project: target.project,
      location: target.region,
      platform: `Cloud Run in ${target.region}`,
      polling: REMOTE_POLLING,
      clock,
    };
    this.provider = new CloudRunProvider({ ...platform, readLogs: null });
    this.builder = new CloudBuildImageBuilder({ ...platform, sourcesFolder, readLogs: noLogs });
    const caller = { project: target.project, authClient: access.authClient.bind(access) };
    this.secrets = new SecretManagerSecrets(caller);
    this.references = new GoogleReferences(caller);
    this.#reach = new KeptReachability(
      () => this.provider.listServices(),
      () => clock.now(),
    );
    access.onChange(() => this.#reach.forget());
  }

  reachability(): Promise<Reachability> {
    return this.#reach.read();
  }

  close(): Promise<void> {
    this.access.cancelSignIn();
    return this.#clients.close();
  }

  /** A token first, then a client: a client without one takes the process down. */
  async #address(): Promise<CloudRunAddress> {
    const client = await this.access.authClient();
    return {
      tls: true,
      host: 'run.googleapis.com',
      port: 443,
      authClient: () => Promise.resolve(client),
    };
  }
}

function noLogs(): Promise<never> {
  return Promise.reject(
    new DomainError({
      code: 'UNSUPPORTED',
      message: 'The console can’t read the log of this build.',
      nextStep: 'Read it in Google’s own console.',
    }),
  );
}
