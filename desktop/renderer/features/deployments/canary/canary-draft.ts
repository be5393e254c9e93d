import type { CanaryStart } from '../../../../shared/contract/canary.ts';
import type { CanarySettings } from '../../../../shared/domain/canary-settings.ts';
import { nameProblem } from '../draft-rows.ts';
import type { EnvDraft } from '../env-draft.ts';
import { toEnvPatch } from '../env-draft.ts';
import { canaryProblem, DEFAULT_CANARY } from '../../../../shared/domain/canary-settings.ts';

/** The form as it is typed. */
export interface CanaryDraft {
  readonly source: 'new' | 'revision';
  /** Of a new revision: is it built, and with which variables? */
  readonly build: boolean;
  readonly env: EnvDraft;
  readonly revision: string;
  readonly steps: string;
  readonly intervalSeconds: string;
  readonly dwellSeconds: string;
  readonly minSamples: string;
  /** In percentage points. */
  readonly maxErrorPoints: string;
  readonly maxP95Ratio: string;
  readonly maxP99Ratio: string;
  readonly probes: boolean;
}

/** What a bounded number of requests of the console's own is, when they are wanted. */
export const PROBES = { perSecond: 5, budget: 2_000 } as const;

export const FRESH_DRAFT: CanaryDraft = {
  source: 'new',
  build: true,
  env: [],
  revision: '',
  steps: DEFAULT_CANARY.steps.join(', '),
  intervalSeconds: String(DEFAULT_CANARY.intervalSeconds),
  dwellSeconds: String(DEFAULT_CANARY.dwellSeconds),
  minSamples: String(DEFAULT_CANARY.minSamples),
  maxErrorPoints: String(DEFAULT_CANARY.limits.maxErrorIncrease * 100),
  maxP95Ratio: String(DEFAULT_CANARY.limits.maxP95Ratio),
  maxP99Ratio: String(DEFAULT_CANARY.limits.maxP99Ratio),
  probes: false,
};

/** What was typed as settings; NaN where it is no number. */
export function settingsOf(draft: CanaryDraft): CanarySettings {
  return {
    steps: draft.steps.split(/[\s,/]+/).flatMap((word) => (word === '' ? [] : [Number(word)])),
    intervalSeconds: Number(draft.intervalSeconds),
    dwellSeconds: Number(draft.dwellSeconds),
    minSamples: Number(draft.minSamples),
    limits: {
      maxErrorIncrease: Number(draft.maxErrorPoints) / 100,
      maxP95Ratio: Number(draft.maxP95Ratio),
      maxP99Ratio: Number(draft.maxP99Ratio),
    },
    probes: draft.probes ? PROBES : null,
  };
}

/** Why the draft can't be started, or null when it can. */
export function draftProblem(draft: CanaryDraft): string | null {
  if (draft.source === 'revision' && draft.revision === '') return 'Choose a revision.';
  const row = draft.env.map((one) => nameProblem(draft.env, one)).find((one) => one !== null);
  if (draft.source === 'new' && row !== undefined) return row;
  return settingsProblem(settingsOf(draft));
}

function settingsProblem(settings: CanarySettings): string | null {
  const { limits } = settings;
  const numbers = [
    settings.intervalSeconds,
    settings.dwellSeconds,
    settings.minSamples,
    limits.maxErrorIncrease,
    limits.maxP95Ratio,
    limits.maxP99Ratio,
    ...settings.steps,
  ];
  if (numbers.some((value) => Number.isNaN(value))) return 'Every field needs a number.';
  return canaryProblem(settings);
}

/** What is asked of main. */
export function toStart(service: string, draft: CanaryDraft): CanaryStart {
  const settings = settingsOf(draft);
  const what =
    draft.source === 'revision'
      ? ({ kind: 'revision', revision: draft.revision } as const)
      : ({ kind: 'deploy', build: draft.build, env: toEnvPatch(draft.env) } as const);
  return { service, what, settings };
}
