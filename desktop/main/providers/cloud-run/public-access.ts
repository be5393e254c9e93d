import type { protos } from '@google-cloud/run';
import type { Clock } from '../../ports/clock.ts';
import type { PreflightFinding } from '../../../shared/domain/preflight.ts';
import { readGoogleError, GRPC_STATUS } from './google-error.ts';
import { publicAccessRefused } from './preflight-findings.ts';
import type { RunClients } from './run-clients.ts';
import { shortName } from './run-messages.ts';

type Policy = protos.google.iam.v1.IPolicy;

const EVERYBODY = 'allUsers';
const INVOKER = 'roles/run.invoker';
/** IAM is asked again after this; a policy changes rarely and views read services often. */
const REMEMBERED_MS = 60_000;

/** Refusals of the flag that IAM may still grant: no right to it, or a policy of the organisation. */
const REFUSALS = new Set<number | null>([
  GRPC_STATUS.permissionDenied,
  GRPC_STATUS.failedPrecondition,
  GRPC_STATUS.invalidArgument,
]);

/** Who may call a service without credentials, when the service's own flag doesn't tell (2.4). */
export class PublicAccess {
  readonly #clock: Clock;
  readonly #answers = new Map<string, { readonly at: number; readonly open: boolean }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Does IAM let everybody in? A policy that can't be read counts as closed. */
  async isOpen({ services, callOptions }: RunClients, resource: string): Promise<boolean> {
    const known = this.#answers.get(resource);
    if (known !== undefined && this.#clock.now() - known.at < REMEMBERED_MS) return known.open;
    const open = await services.getIamPolicy({ resource }, callOptions).then(
      ([policy]) => opensToAll(policy),
      // An observer's role may not include reading policies; the flag alone is then what is known.
      () => false,
    );
    this.#answers.set(resource, { at: this.#clock.now(), open });
    return open;
  }

  /** Adds everybody to the invokers; null when that worked, else what the operator reads. */
  async open(clients: RunClients, resource: string): Promise<PreflightFinding | null> {
    try {
      await this.#edit(clients, resource, (policy) => withEverybody(policy));
      return null;
    } catch (error) {
      const { reason } = readGoogleError(error);
      return publicAccessRefused(shortName(resource), reason, openCommand(resource));
    }
  }

  /** Takes everybody out of the invokers, where they are. */
  async close(clients: RunClients, resource: string): Promise<void> {
    this.#answers.delete(resource);
    if (!(await this.isOpen(clients, resource))) return;
    await this.#edit(clients, resource, (policy) => withoutEverybody(policy));
  }

  async #edit(
    { services, callOptions }: RunClients,
    resource: string,
    edit: (policy: Policy) => Policy,
  ): Promise<void> {
    this.#answers.delete(resource);
    const [policy] = await services.getIamPolicy({ resource }, callOptions);
    // The policy's etag goes back with it: somebody else's grant is never undone.
    await services.setIamPolicy({ resource, policy: edit(policy) }, callOptions);
  }
}

/**
 * Would the platform take the flag? Asked as a dry run, because one refused field would fail the
 * whole change (2.4).
 */
export async function flagIsRefused(dryRun: () => Promise<unknown>): Promise<boolean> {
  try {
    await dryRun();
    return false;
  } catch (error) {
    if (REFUSALS.has(readGoogleError(error).code)) return true;
    throw error;
  }
}

function opensToAll({ bindings }: Policy): boolean {
  return (bindings ?? []).some(
    ({ role, members, condition }) =>
      role === INVOKER && !condition && (members ?? []).includes(EVERYBODY),
  );
}

function withEverybody(policy: Policy): Policy {
  if (opensToAll(policy)) return policy;
  const bindings = policy.bindings ?? [];
  return { ...policy, bindings: [...bindings, { role: INVOKER, members: [EVERYBODY] }] };
}

function withoutEverybody(policy: Policy): Policy {
  const bindings = (policy.bindings ?? []).map((binding) =>
    binding.role === INVOKER
      ? { ...binding, members: (binding.members ?? []).filter((who) => who !== EVERYBODY) }
      : binding,
  );
  return { ...policy, bindings: bindings.filter(({ members }) => (members ?? []).length > 0) };
}

function openCommand(resource: string): string {
  const [, project = '', , location = '', , service = ''] = resource.split('/');
  return `gcloud run services add-iam-policy-binding ${service} --project=${project} --region=${location} --member=${EVERYBODY} --role=${INVOKER}`;
}
