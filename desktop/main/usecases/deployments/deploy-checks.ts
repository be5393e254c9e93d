import type { PreflightCheck } from '../../../shared/domain/plan.ts';
import type { RevisionTemplate } from '../../../shared/domain/revision.ts';
import { shortDigest } from '../../../shared/domain/revision.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { STACK_DEFAULTS } from '../../../shared/domain/stack.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { targetCheck } from './plan-parts.ts';
import { secretsCheck } from './reference-checks.ts';
import type { ServiceState } from './read-service.ts';

export interface DeployCheckInput {
  readonly id: StackServiceId;
  readonly build: boolean;
  readonly state: ServiceState;
  readonly next: RevisionTemplate;
  readonly upstreamUri: string | null;
}

/** What has to be true before a deploy: the target, the source or the image, its secrets, and what it calls. */
export async function deployChecks(
  core: Core,
  input: DeployCheckInput,
): Promise<readonly PreflightCheck[]> {
  const { upstream } = STACK_DEFAULTS[input.id];
  const checks = [
    targetCheck(selectedTarget(core)),
    input.build ? await sourceCheck(core, input.id) : imageCheck(input.state),
    await secretsCheck(core.ports.session.references, input.next),
  ];
  if (upstream === null) return checks;
  return [
    ...checks,
    {
      title: `${upstream.service} is deployed`,
      ok: input.upstreamUri !== null,
      detail: input.upstreamUri ?? `Deploy ${upstream.service} first: ${input.id} calls it.`,
    },
  ];
}

async function sourceCheck(core: Core, id: string): Promise<PreflightCheck> {
  const title = 'The source can be packed';
  try {
    const { files } = await core.ports.session.builder.package(id);
    return { title, ok: true, detail: `${String(files)} files` };
  } catch (error) {
    if (error instanceof DomainError) return { title, ok: false, detail: error.message };
    throw error;
  }
}

function imageCheck({ template, serving }: ServiceState): PreflightCheck {
  const ok = template !== null;
  return {
    title: 'The serving image is kept',
    ok,
    detail: ok ? `${serving ?? ''} · ${shortDigest(template.image)}` : 'Nothing serves yet.',
  };
}
