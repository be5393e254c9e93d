import type { PreflightAction, PreflightFinding } from '../../../shared/domain/preflight.ts';
import type { SignInProblem } from '../../../shared/domain/sign-in.ts';
import type { Core } from '../core.ts';
import { findTarget } from './find-target.ts';

const EVERYTHING: readonly PreflightAction[] = ['read', 'deploy', 'build', 'public'];

export interface AccessCheck {
  readonly findings: PreflightFinding[];
  readonly checkedAt: number;
}

/**
 * What would keep changes from working on a target, each with its fix. Writes nothing. Without
 * credentials nothing else can be known, so that is the only finding then.
 */
export async function checkAccess(
  core: Core,
  input: { readonly id: string },
): Promise<AccessCheck> {
  const { access, provider } = core.ports.sessionOf(findTarget(core, input.id).id);
  const { problem } = await access.status();
  const findings =
    problem === null
      ? await provider.preflight({ service: null, actions: EVERYTHING, template: null })
      : [findingOf(problem)];
  return { findings: [...findings], checkedAt: core.ports.clock.now() };
}

function findingOf({ code, message, nextStep, command }: SignInProblem): PreflightFinding {
  const isNetwork = code === 'TARGET_UNREACHABLE';
  return {
    code: isNetwork ? 'UNREACHABLE' : 'CREDENTIALS_MISSING',
    severity: 'blocks',
    title: isNetwork ? 'Google can’t be reached' : 'There are no credentials that work',
    detail: message,
    fix: nextStep,
    command,
  };
}
