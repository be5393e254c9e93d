import type { Plan, PreflightCheck } from '../../../shared/domain/plan.ts';
import { STACK_DEFAULTS, UPSTREAM_PIN } from '../../../shared/domain/stack.ts';
import type { Core } from '../core.ts';
import { planDeploy } from '../deployments/plan-deploy.ts';
import { readUpstream } from './read-upstream.ts';
import { normalised } from './switch-upstream.ts';

/** What the gateway's switch to another backend would change, and whether that backend answers. */
export async function planUpstream(core: Core, input: { readonly url: string }): Promise<Plan> {
  const url = normalised(input.url);
  const variable = STACK_DEFAULTS.gateway.upstream?.variable ?? '';
  const { own } = await readUpstream(core);
  const env = { [variable]: url, [UPSTREAM_PIN]: own === url ? null : '1' };
  const [plan, check] = await Promise.all([
    planDeploy(core, { service: 'gateway', build: false, env, pinned: 'resume' }),
    healthCheck(core, url),
  ]);
  return {
    ...plan,
    kind: 'switch_upstream',
    question: `Point the gateway at ${url}?`,
    consequence:
      'A new gateway revision with this address gets the traffic once it is ready; when the backend ' +
      'does not answer through it, the traffic goes back by itself.',
    checks: [check, ...plan.checks],
    pin: null,
  };
}

async function healthCheck(core: Core, url: string): Promise<PreflightCheck> {
  const { health, error } = await core.ports.probe.backend(url);
  const ok = health !== null && health.status !== 'unhealthy';
  const detail = health === null ? (error ?? 'no answer') : health.status;
  return { title: 'The new backend is healthy', ok, detail };
}
