import type { DeploySettings } from '../../../shared/contract/deployments.ts';
import { SECRET_MASK } from '../../../shared/domain/diff.ts';
import type { Sizing } from '../../../shared/domain/resource-rules.ts';
import { sizingProblems } from '../../../shared/domain/resource-rules.ts';
import type {
  EnvEntry,
  RevisionTemplate,
  ServiceSettings,
} from '../../../shared/domain/revision.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { STACK_DEFAULTS, UPSTREAM_PIN } from '../../../shared/domain/stack.ts';
import { DomainError } from '../../ports/domain-error.ts';

/** Literal variables to set (string) or to take away (null), by name. */
export type EnvEdits = Readonly<Record<string, string | null>>;

export interface TemplateChange {
  readonly service: StackServiceId;
  /** Template of the serving revision; null for the first deploy. */
  readonly base: RevisionTemplate | null;
  readonly image: string;
  readonly env: EnvEdits;
  /** Public address of the service that this one calls, null when it has none yet. */
  readonly upstreamUri: string | null;
  readonly settings?: DeploySettings | undefined;
}

/**
 * What the next revision runs. Throws INVALID_INPUT for an edit that would touch a secret and for a
 * sizing that the platform would refuse.
 */
export function nextTemplate(change: TemplateChange): RevisionTemplate {
  const { upstream, verifyPath: _verifyPath, ...defaults } = STACK_DEFAULTS[change.service];
  const base = change.base ?? defaults;
  const isElsewhere = base.env.some(({ name }) => name === UPSTREAM_PIN);
  const called =
    upstream === null || change.upstreamUri === null || isElsewhere
      ? {}
      : { [upstream.variable]: change.upstreamUri };
  return {
    ...base,
    ...sizingOf(base, change.settings ?? {}),
    image: change.image,
    env: applyEdits(base.env, { ...called, ...change.env }),
  };
}

/** What belongs to the service and not to its revision. */
export function serviceSettingsOf(settings: DeploySettings = {}): Partial<ServiceSettings> {
  const { ingress, public: open } = settings;
  return {
    ...(ingress === undefined ? {} : { ingress }),
    ...(open === undefined ? {} : { public: open }),
  };
}

function sizingOf(base: Sizing, settings: DeploySettings): Sizing {
  const { ingress: _ingress, public: _public, ...wanted } = settings;
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
  throw new DomainError({
    code: 'INVALID_INPUT',
    message: `${first.field}: ${first.problem}`,
    nextStep: 'Correct it and look at the plan again.',
  });
}

function applyEdits(env: readonly EnvEntry[], edits: EnvEdits): readonly EnvEntry[] {
  for (const [name, value] of Object.entries(edits)) {
    refuseSecret(env, name);
    refuseMask(name, value);
  }
  const kept = env.flatMap((entry) => {
    const edit = edits[entry.name];
    if (edit === undefined) return [entry];
    return edit === null ? [] : [{ name: entry.name, value: edit }];
  });
  const known = new Set(env.map((entry) => entry.name));
  const added = Object.entries(edits).flatMap(([name, value]) =>
    known.has(name) || value === null ? [] : [{ name, value }],
  );
  return [...kept, ...added];
}

function refuseSecret(env: readonly EnvEntry[], name: string): void {
  const entry = env.find((candidate) => candidate.name === name);
  if (entry === undefined || !('secret' in entry)) return;
  throw new DomainError({
    code: 'INVALID_INPUT',
    message: `${name} is a reference to the secret ${entry.secret} and can't be set here.`,
    nextStep: 'Leave it out of the change.',
  });
}

/** The page shows dots for a secret-looking literal; sending them back would overwrite it. */
function refuseMask(name: string, value: string | null): void {
  if (value?.includes(SECRET_MASK) !== true) return;
  throw new DomainError({
    code: 'INVALID_INPUT',
    message: `${name} would be set to the dots that stand for its value.`,
    nextStep: 'Type the new value, or leave the variable as it is.',
  });
}
