import { STACK_DEFAULTS } from '../../../shared/domain/stack.ts';
import type { TargetSession } from '../../ports/target-session.ts';
import type { Core } from '../core.ts';
import { upstreamUriOf } from '../deployments/cut-revision.ts';
import { readServiceState } from '../deployments/read-service.ts';

/** The backend address in the serving gateway, and the address of the stack's own backend. */
export async function readUpstream(
  core: Core,
  session: TargetSession = core.ports.session,
): Promise<{ url: string | null; own: string | null }> {
  const { provider } = session;
  const [{ template }, own] = await Promise.all([
    readServiceState(provider, 'gateway'),
    upstreamUriOf(provider, 'gateway'),
  ]);
  const name = STACK_DEFAULTS.gateway.upstream?.variable;
  const entry = template?.env.find((candidate) => candidate.name === name);
  const url = entry !== undefined && 'value' in entry ? entry.value : null;
  return { url: trimmed(url), own: trimmed(own) };
}

function trimmed(url: string | null): string | null {
  return url?.replace(/\/$/, '') ?? null;
}
