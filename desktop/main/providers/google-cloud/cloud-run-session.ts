import type { AuthClient } from 'google-auth-library';
import type { Target } from '../../../shared/domain/target.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeploymentProvider } from '../../ports/deployment-provider.ts';
import type { ImageBuilder } from '../../ports/image-builder.ts';
import type { RevisionReferences } from '../../ports/revision-references.ts';
import type { ScrapeTargets } from '../../ports/scrape-targets.ts';
import type { StackSecrets } from '../../ports/stack-secrets.ts';
import type { Reachability, TargetSession } from '../../ports/target-session.ts';
import { GoogleImageBuilder } from '../cloud-build/google-image-builder.ts';
import { CloudRunProvider } from '../cloud-run/cloud-run-provider.ts';
import type { CloudRunAddress } from '../cloud-run/credentials.ts';
import { GoogleHttp, googleApis } from '../cloud-run/google-http.ts';
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
  #client: AuthClient | null = null;
  #signIns = 0;

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
    const http = new GoogleHttp(googleApis(target.region), async () =>
      (await access.authClient()).getRequestHeaders(),
    );
    const member = async (): Promise<string | null> => memberOf((await access.status()).email);
    this.provider = new CloudRunProvider({ ...platform, http, member, readLogs: null });
    this.builder = new GoogleImageBuilder({ ...platform, http, sourcesFolder });
    this.secrets = new SecretManagerSecrets(http, target.project);
    this.references = new GoogleReferences(http, target.project);
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

  /** A new one for each client: a new sign-in makes another. */
  #identityOf(client: AuthClient): string {
    if (client !== this.#client) {
      this.#client = client;
      this.#signIns += 1;
    }
    return String(this.#signIns);
  }

  /** A token first, then a client: a client without one takes the process down. */
  async #address(): Promise<CloudRunAddress> {
    const client = await this.access.authClient();
    return {
      tls: true,
      host: 'run.googleapis.com',
      port: 443,
      authClient: () => Promise.resolve(client),
      identity: this.#identityOf(client),
    };
  }
}

/** An e-mail address as gcloud writes who it is. */
function memberOf(email: string | null): string | null {
  if (email === null || email === '') return null;
  return email.endsWith('.gserviceaccount.com') ? `serviceAccount:${email}` : `user:${email}`;
}
