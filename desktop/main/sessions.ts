import type { Target } from '../shared/domain/target.ts';
import type { DeploymentProvider } from './ports/deployment-provider.ts';
import { DomainError } from './ports/domain-error.ts';
import type { TargetSession } from './ports/target-session.ts';

/** The session of a target that this build can't reach: every call says so instead of guessing. */
export function unsupportedSession({ name, kind }: Target): TargetSession {
  const message = `${name} is a ${kind} target without a project and a location.`;
  const refuse = (): Promise<never> =>
    Promise.reject(
      new DomainError({
        code: 'UNSUPPORTED',
        message,
        nextStep: 'Complete it in the settings file, or choose the target local.',
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
    scrapeTargets: { list: refuse },
    secrets: { gatewayAdminToken: refuse, sampleTrafficKey: refuse },
    reachability: () => Promise.resolve({ reachable: false, reason: message }),
  };
}
