import type { Safety } from '../../../shared/domain/safety.ts';
import type { Target } from '../../../shared/domain/target.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { findTarget } from '../targets/find-target.ts';

export interface ConfirmedCall {
  readonly action: string;
  readonly subject: string;
  readonly input: unknown;
}

/** A name has to be typed first; `confirm` says which, and how to hand it in. */
export class ConfirmationRequired extends DomainError {
  readonly confirm: {
    readonly challenge: string;
    readonly word: string;
    readonly of: 'target' | 'key';
  };

  constructor(confirm: ConfirmationRequired['confirm']) {
    super({
      code: 'CONFIRMATION_REQUIRED',
      message: `This has to be confirmed by typing ${confirm.word}.`,
      nextStep: `Type the name of the ${confirm.of}.`,
    });
    this.confirm = confirm;
  }
}

/** Lets a call pass whose word was typed, once. Throws CONFIRMATION_REQUIRED. */
export async function assertConfirmed(
  core: Core,
  { target, typed }: { readonly target: Target; readonly typed: Safety['typed'] },
  { action, subject, input }: ConfirmedCall,
): Promise<void> {
  if (typed === null) return;
  const { word, of } =
    typed === 'target'
      ? { word: target.name, of: 'target' as const }
      : await nameOf(core, action, subject);
  const call = JSON.stringify([target.id, action, input]);
  const { confirmations } = core;
  if (confirmations.use(call, word)) return;
  throw new ConfirmationRequired({ challenge: confirmations.ask(call, word), word, of });
}

/** A subject as the operator knows it. Throws INVALID_INPUT for a target that isn't there. */
async function nameOf(
  core: Core,
  action: string,
  id: string,
): Promise<{ word: string; of: 'target' | 'key' }> {
  if (action.startsWith('targets.')) return { word: findTarget(core, id).name, of: 'target' };
  const keys = await core.ports.keys.list();
  // One that is gone is refused by the call itself, in its own words.
  return { word: keys.find((key) => key.id === id)?.name ?? id, of: 'key' };
}
