import type { AuthClient } from 'google-auth-library';
import type { Target } from '../../../shared/domain/target.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeploymentProvider } from '../../ports/deployment-provider.ts';
import type { ImageBuilder } from '../../ports/image-builder.ts';
import type { RevisionReferences } from '../../ports/revision-references.ts';
import type { ScrapeTargets } from '../../ports/scrape-targets.ts';
import type { StackSecrets } from '../../ports/stack-secrets.ts';
import type { TargetAccess } from '../../ports/target-access.ts';
import type { Reachability, TargetSession } from '../../ports/target-session.ts';
import { GoogleImageBuilder } from '../cloud-build/google-image-builder.ts';
import { CloudRunProvider } from '../cloud-run/cloud-run-provider.ts';
import type { CloudRunAddress } from '../cloud-run/credentials.ts';
import type { GoogleApis } from '../cloud-run/google-http.ts';
import { GoogleHttp, googleApis } from '../cloud-run/google-http.ts';
import { REMOTE_POLLING } from '../cloud-run/poll-operation.ts';
import { RunClientPool } from '../cloud-run/run-clients.ts';
import { GoogleReferences } from './google-references.ts';
import { KeptReachability } from './kept-reachability.ts';
import { SecretManagerSecrets } from './secret-manager-secrets.ts';

/** Who is signed in, and a client that is known to have a token of theirs. */
export interface GoogleSignIn extends TargetAccess {
  authClient(): Promise<AuthClient>;
}

/** Where Google is. Without TLS, on loopback only: what stands for it in a test. */
export interface GooglePlaces {
  readonly apis: GoogleApis;
  readonly run: { readonly tls: boolean; readonly host: string; readonly port: number };
}

export interface CloudRunSessionOptions {
  readonly target: Target & { readonly project: string; readonly region: string };
  readonly access: GoogleSignIn;
  readonly sourcesFolder: string;
  readonly clock: Clock;
  /** Google itself unless said otherwise. */
  readonly places?: GooglePlaces;
}

/** A project and region of Cloud Run: the same adapter as the local target, aimed at Google. */
export class CloudRunSession implements TargetSession {
  readonly provider: DeploymentProvider;
  readonly builder: ImageBuilder;
  /** A service's address reaches one instance at random: there is nothing to scrape. */
  readonly scrapeTargets: ScrapeTargets = { list: () => Promise.resolve([]) };
  readonly secrets: StackSecrets;
  readonly references: RevisionReferences;
  readonly access: GoogleSignIn;
  readonly differences = null;
  readonly #run: GooglePlaces['run'];
  readonly #clients: RunClientPool;
  readonly #reach: KeptReachability;
  #client: AuthClient | null = null;
  #signIns = 0;

  constructor({ target, access, sourcesFolder, clock, places }: CloudRunSessionOptions) {
    const { apis, run } = places ?? googlePlaces(target.region);
    this.access = access;
    this.#run = run;
    this.#clients = new RunClientPool(() => this.#address());
    const platform = {
      clients: this.#clients,
      project: target.project,
      location: target.region,
      platform: `Cloud Run in ${target.region}`,
      polling: REMOTE_POLLING,
      clock,
    };
    const http = new GoogleHttp(apis, async () => (await access.authClient()).getRequestHeaders());
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
    const { tls, host, port } = this.#run;
    if (!tls) return { tls, host, port, token: (await client.getAccessToken()).token ?? null };
    const identity = this.#identityOf(client);
    return { tls, host, port, authClient: () => Promise.resolve(client), identity };
  }
}

function googlePlaces(region: string): GooglePlaces {
  return { apis: googleApis(region), run: { tls: true, host: 'run.googleapis.com', port: 443 } };
}

/** An e-mail address as gcloud writes who it is. */
function memberOf(email: string | null): string | null {
  if (email === null || email === '') return null;
  return email.endsWith('.gserviceaccount.com') ? `serviceAccount:${email}` : `user:${email}`;
}
