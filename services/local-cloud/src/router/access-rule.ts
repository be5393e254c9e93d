import type { PolicyRecord, ServiceSpec } from '../model/resources.ts';

/** Who may reach a service at its address. */
export interface Access {
  /** `internal`: only instances of this local cloud; `none`: nobody. */
  readonly ingress: 'all' | 'internal' | 'none';
  /** `anyone` asks for nothing, `authenticated` for an identity, here the token of this run. */
  readonly invokers: 'anyone' | 'authenticated';
}

const INGRESS: Readonly<Record<string, Access['ingress']>> = {
  INGRESS_TRAFFIC_INTERNAL_ONLY: 'internal',
  INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER: 'internal',
  INGRESS_TRAFFIC_NONE: 'none',
};

/** The rule that a service's configuration and its IAM policy make. Pure. */
export function accessOf(spec: ServiceSpec, policy: PolicyRecord | undefined): Access {
  const open = spec['invokerIamDisabled'] === true || admitsEverybody(policy);
  return {
    // Without its default address a service has none here: there is no load balancer before it.
    ingress:
      spec['defaultUriDisabled'] === true ? 'none' : (INGRESS[String(spec['ingress'])] ?? 'all'),
    invokers: open ? 'anyone' : 'authenticated',
  };
}

function admitsEverybody(policy: PolicyRecord | undefined): boolean {
  return (policy?.bindings ?? []).some(
    (binding) =>
      isBinding(binding) &&
      binding.role === 'roles/run.invoker' &&
      binding.members?.includes('allUsers') === true &&
      // A condition is evaluated nowhere here: it must not open what it may be meant to close.
      !binding.condition,
  );
}

interface Binding {
  readonly role?: string;
  readonly members?: readonly unknown[];
  readonly condition?: unknown;
}

function isBinding(value: unknown): value is Binding {
  return typeof value === 'object' && value !== null;
}
