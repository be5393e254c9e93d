import type { SignInStatus } from '../../../shared/domain/sign-in.ts';
import type { TargetAccess } from '../../ports/target-access.ts';
import type { Core } from '../core.ts';
import { Topic } from '../topic.ts';
import { findTarget } from './find-target.ts';

interface ById {
  readonly id: string;
}

/** How the console stands with a target, at once and after every change. */
export async function* watchSignIn(
  core: Core,
  input: ById,
  signal: AbortSignal,
): AsyncGenerator<SignInStatus, void, void> {
  const access = accessOf(core, input);
  const changes = new Topic(0);
  const stop = access.onChange(() => changes.set(changes.value + 1));
  try {
    for await (const _ of changes.watch(signal)) yield await access.status();
  } finally {
    stop();
  }
}

/** Begins a sign-in. Throws UNSUPPORTED, CREDENTIALS_INVALID. */
export function signIn(core: Core, input: ById): Promise<void> {
  return accessOf(core, input).signIn();
}

/** Ends a sign-in that waits for the browser. */
export function cancelSignIn(core: Core, input: ById): void {
  accessOf(core, input).cancelSignIn();
}

/** Forgets the console's sign-in to a target. Throws UNSUPPORTED. */
export function signOut(core: Core, input: ById): Promise<void> {
  return accessOf(core, input).signOut();
}

function accessOf(core: Core, { id }: ById): TargetAccess {
  return core.ports.sessionOf(findTarget(core, id).id).access;
}
