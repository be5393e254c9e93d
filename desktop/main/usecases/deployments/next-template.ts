import type { DeploySettings } from '../../../shared/contract/deployments.ts';
import type { Sizing } from '../../../shared/domain/resource-rules.ts';
import { sizingProblems } from '../../../shared/domain/resource-rules.ts';
import type { RevisionTemplate, ServiceSettings } from '../../../shared/domain/revision.ts';
import { AUTOMATIC_SCALING } from '../../../shared/domain/revision.ts';
import { scalingProblems } from '../../../shared/domain/scaling-rules.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { STACK_DEFAULTS, UPSTREAM_PIN } from '../../../shared/domain/stack.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { EnvEdits, SecretEdits } from './env-edits.ts';
import { applyEdits } from './env-edits.ts';

export interface TemplateChange {
  readonly service: StackServiceId;
  /** Template of the serving revision; null for the first deploy. */
  readonly base: RevisionTemplate | null;
  readonly image: string;
  readonly env: EnvEdits;
  readonly secrets?: SecretEdits | undefined;
  /** Public address of the service that this one calls, null when it has none yet. */
  readonly upstreamUri: string | null;
  readonly settings?: DeploySettings | undefined;
}

/**
 * What the next revision runs. Throws INVALID_INPUT for an edit that would touch a secret and for a
 * sizing that the platform would refuse.
 */
export function nextTemplate(change: TemplateChange): RevisionTemplate {
  const {
    upstream,
    facesClients: _faces,
    verifyPath: _path,
    ...first
  } = STACK_DEFAULTS[change.service];
  const base = change.base ?? first;
  const isElsewhere = base.env.some(({ name }) => name === UPSTREAM_PIN);
  const called =
    upstream === null || change.upstreamUri === null || isElsewhere
      ? {}
      : { [upstream.variable]: change.upstreamUri };
  return {
    ...base,
    ...sizingOf(base, change.settings ?? {}),
    image: change.image,
    env: applyEdits(base.env, { env: { ...called, ...change.env }, secrets: change.secrets ?? {} }),
  };
}

/**
 * What a deploy changes of the service and not of its revision; what isn't said of its scaling stays
 * as it is. Throws INVALID_INPUT for a scaling that can't be.
 *
 * @param current null for a service that doesn't exist yet
 */
export function serviceSettingsOf(
  settings: DeploySettings = {},
  current: ServiceSettings | null = null,
): Partial<ServiceSettings> {
  const { ingress, public: open, scaling } = settings;
  return {
    ...(ingress === undefined ? {} : { ingress }),
    ...(open === undefined ? {} : { public: open }),
    ...(scaling === undefined ? {} : { scaling: scalingOf(current, scaling) }),
  };
}

function scalingOf(
  current: ServiceSettings | null,
  { min, max, manual }: NonNullable<DeploySettings['scaling']>,
): ServiceSettings['scaling'] {
  const base = current?.scaling ?? AUTOMATIC_SCALING;
  const scaling = {
    min: min ?? base.min,
    max: max === undefined ? base.max : max,
    manual: manual === undefined ? base.manual : manual,
  };
  const [first] = scalingProblems(scaling);
  if (first !== undefined) throw invalid(`scaling.${first.field}: ${first.problem}`);
  return scaling;
}

function sizingOf(base: Sizing, settings: DeploySettings): Sizing {
  const { ingress: _ingress, public: _public, scaling: _scaling, ...wanted } = settings;
  const given = Object.fromEntries(
    Object.entries(wanted).filter(([, value]) => value !== undefined),
  );
  const sizing: Sizing = {
    cpu: base.cpu,
    memoryMib: base.memoryMib,
    minInstances: base.minInstances,
    maxInstances: base.maxInstances,
    concurrency: base.concurrency,
    timeoutSeconds: base.timeoutSeconds,
    ...given,
  };
  // A sizing that runs is the platform's to judge: only what is changed here is checked here.
  const [first] = Object.keys(given).length === 0 ? [] : sizingProblems(sizing);
  if (first === undefined) return sizing;
  throw invalid(`${first.field}: ${first.problem}`);
}

function invalid(message: string): DomainError {
  return new DomainError({
    code: 'INVALID_INPUT',
    message,
    nextStep: 'Correct it and look at the plan again.',
  });
}
