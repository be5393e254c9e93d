import type { AccessQuestion } from '../../../shared/domain/plan.ts';
import type { Service, ServiceSettings } from '../../../shared/domain/revision.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { STACK_DEFAULTS } from '../../../shared/domain/stack.ts';
import { LOCAL_TARGET } from '../../../shared/domain/target.ts';
import type { DeploymentProvider } from '../../ports/deployment-provider.ts';

/** A service on a target, null while it doesn't exist there. */
interface FirstDeploy {
  readonly id: StackServiceId;
  /** Id of the target. */
  readonly target: string;
  readonly service: Service | null;
}

/**
 * What a new service gets when nobody said who may call it. On this machine nobody has an identity
 * that it could ask for: it is open there. Anywhere else nothing is opened by default.
 */
export function defaultAccess({ target, service }: FirstDeploy): Partial<ServiceSettings> {
  return service === null && target === LOCAL_TARGET.id ? { public: true } : {};
}

/**
 * The question that a first deploy asks, null when there is nothing to ask. A gateway is made to be
 * called from outside and asks for keys itself; what stands behind it is for the gateway alone.
 */
export function accessQuestion(
  provider: DeploymentProvider,
  { id, target, service }: FirstDeploy,
): AccessQuestion | null {
  if (service !== null || !provider.capabilities().publicAccess) return null;
  return { suggested: target === LOCAL_TARGET.id || STACK_DEFAULTS[id].facesClients };
}
