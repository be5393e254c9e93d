import { stat } from 'node:fs/promises';
import type { AuthClient } from 'google-auth-library';
import type { SignInStatus, TokenKeeping } from '../../../shared/domain/sign-in.ts';
import type { TargetCredentials } from '../../../shared/domain/target.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { OpenBrowser } from '../../ports/open-browser.ts';
import type { RefreshTokens } from '../../ports/refresh-tokens.ts';
import type { TargetAccess } from '../../ports/target-access.ts';
import { AccessError, noCredentials, notSignedIn } from './access-errors.ts';
import type { HostFacts } from './adc-path.ts';
import { adcPath } from './adc-path.ts';
import { BrowserSignIn } from './browser-sign-in.ts';
import { clientOfFile, impersonating, readCredentialsFile } from './credentials-file.ts';
import type { GoogleEndpoints } from './endpoints.ts';
import { openOwnClient } from './own-client.ts';
import { emailOfToken, tokenOf } from './token-of.ts';
import type { TokenSubject } from './to-access-error.ts';
import { toAccessError } from './to-access-error.ts';

export interface GoogleAccessOptions {
  /** Id of the target: under it its refresh token is kept. */
  readonly target: string;
  readonly project: string;
  readonly credentials: Exclude<TargetCredentials, { readonly kind: 'none' }>;
  readonly endpoints: GoogleEndpoints;
  readonly refreshTokens: RefreshTokens;
  readonly openBrowser: OpenBrowser;
  readonly host: HostFacts;
}

/** A client that has had a token, and what was true when it was made. */
interface Opened {
  readonly stamp: string;
  readonly client: AuthClient;
  readonly email: string | null;
}

/** Who the console is on a Cloud Run target, and the tokens to prove it. */
export class GoogleAccess implements TargetAccess {
  readonly #options: GoogleAccessOptions;
  readonly #signIn: BrowserSignIn;
  readonly #listeners = new Set<() => void>();
  #opened: Opened | null = null;

  constructor(options: GoogleAccessOptions) {
    this.#options = options;
    this.#signIn = new BrowserSignIn(options, () => this.#changed());
  }

  /**
   * A client that is known to have a valid token. A Google API client that finds out later that it
   * has none throws outside its promise, which then never settles: so none is made before this has
   * resolved. Throws CREDENTIALS_MISSING, CREDENTIALS_EXPIRED, CREDENTIALS_INVALID, PERMISSION_DENIED
   * and TARGET_UNREACHABLE, within seconds.
   */
  async authClient(): Promise<AuthClient> {
    return (await this.#authorised()).client;
  }

  async status(): Promise<SignInStatus> {
    const link = this.#signIn.link;
    const known = { source: this.#source(), link, keptIn: await this.#keptIn() };
    if (link !== null) {
      return { ...known, state: 'waiting', email: null, expiresAt: null, problem: null };
    }
    try {
      const { client, email } = await this.#authorised();
      const expiresAt = client.credentials.expiry_date ?? null;
      return { ...known, state: 'signed-in', email, expiresAt, problem: null };
    } catch (error) {
      const problem = problemOf(this.#signIn.failure ?? error);
      const state = problem.code === 'CREDENTIALS_MISSING' ? 'signed-out' : 'failed';
      return { ...known, state, email: null, expiresAt: null, problem };
    }
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async signIn(): Promise<void> {
    await this.#signIn.begin(await this.#ownClient());
  }

  cancelSignIn(): void {
    this.#signIn.cancel();
  }

  async signOut(): Promise<void> {
    await this.#ownClient();
    this.#signIn.cancel();
    await this.#options.refreshTokens.remove(this.#options.target);
    this.#changed();
  }

  #changed(): void {
    this.#opened = null;
    for (const listener of this.#listeners) listener();
  }

  async #authorised(): Promise<Opened> {
    try {
      const stamp = await this.#stamp();
      if (this.#opened?.stamp !== stamp) this.#opened = { stamp, ...(await this.#open()) };
      const opened = this.#opened;
      const token = await tokenOf(opened.client);
      if (opened.email !== null) return opened;
      const email = await emailOfToken(this.#options.endpoints.tokenInfo, token);
      this.#opened = { ...opened, email: email ?? '' };
      return this.#opened;
    } catch (error) {
      this.#opened = null;
      throw toAccessError(error, this.#subject());
    }
  }

  async #open(): Promise<Omit<Opened, 'stamp'>> {
    const { credentials, endpoints } = this.#options;
    const source =
      credentials.kind === 'adc' ? await this.#fromFile() : await this.#fromOwnClient();
    if (credentials.impersonate === null) return source;
    const client = await impersonating(source.client, credentials.impersonate, endpoints);
    return { client, email: credentials.impersonate };
  }

  async #fromFile(): Promise<Omit<Opened, 'stamp'>> {
    const { endpoints, project } = this.#options;
    return clientOfFile(await readCredentialsFile(this.#path()), endpoints, project);
  }

  async #fromOwnClient(): Promise<Omit<Opened, 'stamp'>> {
    const token = await this.#options.refreshTokens.read(this.#options.target);
    if (token === null) throw notSignedIn();
    const client = await this.#ownClient();
    client.setCredentials({ refresh_token: token });
    return { client, email: null };
  }

  async #ownClient(): ReturnType<typeof openOwnClient> {
    const { credentials, endpoints, project } = this.#options;
    if (credentials.kind === 'oauth')
      return openOwnClient(credentials.clientFile, endpoints, project);
    throw new DomainError({
      code: 'UNSUPPORTED',
      message:
        'This target uses the credentials of gcloud; the console neither makes nor ends them.',
      nextStep: 'Use `gcloud auth application-default login` or `revoke`.',
    });
  }

  /** Changes with the file, so that a new sign-in with gcloud is noticed. */
  async #stamp(): Promise<string> {
    if (this.#options.credentials.kind === 'oauth') return 'own client';
    const path = this.#path();
    const found = await stat(path).catch(() => null);
    if (found === null) throw noCredentials(path);
    return `${path} ${String(found.mtimeMs)} ${String(found.size)}`;
  }

  #path(): string {
    const { credentials, host } = this.#options;
    return adcPath(credentials.kind === 'adc' ? credentials.file : null, host);
  }

  #source(): string {
    const { credentials } = this.#options;
    const as = credentials.impersonate === null ? '' : `, acting as ${credentials.impersonate}`;
    return credentials.kind === 'adc'
      ? `Application default credentials (${this.#path()})${as}`
      : `Own OAuth client (${credentials.clientFile})${as}`;
  }

  async #keptIn(): Promise<TokenKeeping> {
    if (this.#options.credentials.kind === 'adc') return 'file';
    return this.#options.refreshTokens.keeping();
  }

  #subject(): TokenSubject {
    const { credentials, project } = this.#options;
    return { kind: credentials.kind, impersonate: credentials.impersonate, project };
  }
}

function problemOf(error: unknown): NonNullable<SignInStatus['problem']> {
  if (error instanceof DomainError) {
    const { code, message, nextStep } = error;
    return {
      code,
      message,
      nextStep,
      command: error instanceof AccessError ? error.command : null,
    };
  }
  return {
    code: 'INTERNAL',
    message: 'The console failed at reading the credentials.',
    nextStep: 'Read the console’s log.',
    command: null,
  };
}
