import type { DeployInput } from '../../../shared/contract/deployments.ts';
import type { EnvEntry } from '../../../shared/domain/revision.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { keptNames, nameProblem } from './draft-rows.ts';
import type { EnvDraft } from './env-draft.ts';
import { draftFrom, toEnvPatch } from './env-draft.ts';
import type { SecretDraft } from './secret-draft.ts';
import { secretProblem, secretsFrom, toSecretPatch } from './secret-draft.ts';
import type { SettingsBase, SettingsDraft, SettingsProblems } from './settings-draft.ts';
import { draftOf, draftProblems, toSettings } from './settings-draft.ts';

/** What is typed into the deploy dialog, with what ran when it was opened. */
export interface DeployEdits {
  readonly base: SettingsBase;
  readonly build: boolean;
  readonly env: EnvDraft;
  readonly secrets: SecretDraft;
  readonly settings: SettingsDraft;
}

/** Nothing changed yet but a build. */
export function editsOf(env: readonly EnvEntry[], base: SettingsBase): DeployEdits {
  const settings = draftOf(base);
  return { base, build: true, env: draftFrom(env), secrets: secretsFrom(env), settings };
}

/** Only what is different is sent, so that it also fits on what others changed meanwhile. */
export function deployInput(service: StackServiceId, edits: DeployEdits): DeployInput {
  const { build, env, base } = edits;
  const settings = toSettings(edits.settings, base);
  const secrets = toSecretPatch(edits.secrets);
  return {
    service,
    build,
    env: toEnvPatch(env),
    ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
  };
}

/** Why there can't be a plan yet, or null. */
export function deployProblem(edits: DeployEdits): string | null {
  const { env, secrets } = edits;
  const { sizing, scaling } = settingsProblemsOf(edits);
  const found = [
    ...env.map((row) => nameProblem(env, row, keptNames(secrets))),
    ...secrets.map((row) => secretProblem(secrets, row, keptNames(env))),
    ...[...sizing, ...scaling].map(({ problem }) => problem),
  ];
  return found.find((problem) => problem !== null) ?? null;
}

export function settingsProblemsOf({ settings, base }: DeployEdits): SettingsProblems {
  return draftProblems(settings, base);
}
