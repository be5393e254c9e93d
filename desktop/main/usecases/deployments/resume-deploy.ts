import { z } from 'zod';
import {
  deploySettings,
  PIN_DECISIONS,
  secretReference,
} from '../../../shared/contract/deployments.ts';
import { STACK_SERVICES } from '../../../shared/domain/stack.ts';
import { isSecretEntry } from '../../../shared/domain/diff.ts';
import type { Core } from '../core.ts';
import type { OperationSteps } from '../operations/operation-run.ts';
import type { EnvEdits } from './env-edits.ts';
import type { DeployOrder } from './run-deploy.ts';
import { runDeploy } from './run-deploy.ts';

const journalled = z.object({
  service: z.enum(STACK_SERVICES),
  build: z.boolean(),
  env: z.record(z.string(), z.string().nullable()).nullable(),
  secrets: z.record(z.string(), secretReference.nullable()).optional(),
  after: z.string().nullable(),
  settings: deploySettings.optional(),
  pinned: z.enum(PIN_DECISIONS).optional(),
});

/** Values of an order that must not be repeated anywhere. */
export function secretValues(env: EnvEdits | null): readonly string[] {
  return Object.entries(env ?? {}).flatMap(([name, value]) =>
    value !== null && isSecretEntry({ name, value }) ? [value] : [],
  );
}

/** The order as it may be written down: variables that look like secrets leave no value behind. */
export function writable(order: DeployOrder): z.infer<typeof journalled> {
  const { service, build, env, secrets, after, settings, pinned } = order;
  const hidden = secretValues(env).length > 0;
  return { service, build, env: hidden ? null : env, secrets, after, settings, pinned };
}

/** Goes on with a deploy that an earlier process began. */
export function resumeDeploy(core: Core, order: unknown): OperationSteps | null {
  const { data } = journalled.safeParse(order);
  return data === undefined ? null : (run) => runDeploy(core, run, data);
}
