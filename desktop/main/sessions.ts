import type { Target } from '../shared/domain/target.ts';
import type { DeploymentProvider } from './ports/deployment-provider.ts';
import { DomainError } from './ports/domain-error.ts';
import type { TargetSession } from './ports/target-session.ts';
import type { Clock } from './ports/clock.ts';
import type { OpenBrowser } from './ports/open-browser.ts';
import type { RefreshTokens } from './ports/refresh-tokens.ts';
import type { HostFacts } from './providers/google-auth/adc-path.ts';
import { GOOGLE_ENDPOINTS } from './providers/google-auth/endpoints.ts';
import { GoogleAccess } from './providers/google-auth/google-access.ts';
import { CloudRunSession } from './providers/google-cloud/cloud-run-session.ts';
import { noAccess } from './providers/local/no-access.ts';

export interface SessionParts {
  readonly local: TargetSession;
  readonly refreshTokens: RefreshTokens;
  readonly openBrowser: OpenBrowser;
  readonly host: HostFacts;
  readonly sourcesFolder: string;
  readonly clock: Clock;
}

/**
 * One session per target and connection, made when it is first asked for. One whose target was
 * changed lives on until the end: an operation that began on it goes on there.
 */
export class Sessions {
  readonly #parts: SessionParts;
  readonly #remote = new Map<string, CloudRunSession>();

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  of(target: Target): TargetSession {
    if (target.kind === 'local') return this.#parts.local;
    const { id, project, region, credentials } = target;
    if (project === null || region === null || credentials.kind === 'none') {
      return unsupportedSession(target);
    }
    const key = JSON.stringify([id, project, region, credentials]);
    const known = this.#remote.get(key);
    if (known !== undefined) return known;
    const { refreshTokens, openBrowser, host, sourcesFolder, clock } = this.#parts;
    const access = new GoogleAccess({
      target: id,
      project,
      credentials,
      endpoints: GOOGLE_ENDPOINTS,
      refreshTokens,
      openBrowser,
      host,
    });
    const session = new CloudRunSession({
      target: { ...target, project, region },
      access,
      sourcesFolder,
      clock,
    });
    this.#remote.set(key, session);
    return session;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#remote.values()].map((session) => session.close()));
  }
}

/** The session of a target that this build can't reach: every call says so instead of guessing. */
export function unsupportedSession({ name, kind }: Target): TargetSession {
  const message = `${name} is a ${kind} target without a project, a region or credentials.`;
  const refuse = (): Promise<never> =>
    Promise.reject(
      new DomainError({
        code: 'UNSUPPORTED',
        message,
        nextStep: 'Complete it in Settings, or choose the target local.',
      }),
    );
  const provider: DeploymentProvider = {
    capabilities: () => ({
      build: false,
      trafficSplit: false,
      tags: false,
      scaleToZero: false,
      logs: false,
      publicAccess: false,
      domainMappings: false,
      costEstimate: false,
    }),
    listServices: refuse,
    getService: refuse,
    listRevisions: refuse,
    createRevision: refuse,
    setTraffic: refuse,
    setAccess: refuse,
    setScaling: refuse,
    preflight: refuse,
    domainMappings: refuse,
    waitFor: refuse,
    readLogs: refuse,
  };
  return {
    provider,
    builder: { package: refuse, build: refuse },
    references: { image: refuse, secret: refuse },
    scrapeTargets: { list: refuse },
    secrets: { gatewayAdminToken: refuse, sampleTrafficKey: refuse },
    access: noAccess,
    differences: null,
    reachability: () => Promise.resolve({ reachable: false, reason: message }),
  };
}
