import type { ReactElement } from 'react';
import type { SignInStatus } from '../../../shared/domain/sign-in.ts';
import type { Target } from '../../../shared/domain/target.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { InlineError } from '../../ui/error-state.tsx';
import { clockTime } from '../../ui/format-time.ts';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { Pill } from '../../ui/status-dot.tsx';
import type { Tone } from '../../ui/status-dot.tsx';
import { useSignIn, useSignInActions } from './use-targets.ts';

const STATES: Readonly<Record<SignInStatus['state'], readonly [Tone, string]>> = {
  'not-needed': ['idle', 'No sign-in needed'],
  'signed-in': ['ok', 'Signed in'],
  'signed-out': ['warn', 'Not signed in'],
  waiting: ['running', 'Waiting for the browser'],
  failed: ['bad', 'Sign-in not usable'],
};

/** What it means that no keyring is there: said before somebody signs in, and after. */
const IN_MEMORY: Readonly<Partial<Record<SignInStatus['state'], string>>> = {
  'signed-in': 'kept in memory only: no keyring protects it here',
  'signed-out': 'no keyring is here to protect a sign-in: it will last until the console ends',
};

/** Who the console is there, until when, and where that is kept. */
function words({ state, email, expiresAt, keptIn }: SignInStatus): string {
  const who = email === null || email === '' ? '' : `as ${email}`;
  const until = expiresAt === null ? '' : `token until ${clockTime(expiresAt)}, renewed by itself`;
  const kept = keptIn === 'memory' ? (IN_MEMORY[state] ?? '') : '';
  return [who, until, kept].filter((part) => part !== '').join(', ');
}

interface SignInLineProps {
  readonly target: Target;
}

/** The sign-in of a target, with what can be done about it. */
export function SignInLine({ target }: SignInLineProps): ReactElement {
  const { value, error } = useSignIn(target.id);
  if (value === undefined) {
    return error === null ? (
      <SkeletonLines lines={1} label={`Reading the sign-in of ${target.name}`} />
    ) : (
      <InlineError error={error} />
    );
  }
  const [tone, word] = STATES[value.state];
  return (
    <div className="target-sign-in">
      <div className="row">
        <Pill tone={tone}>{word}</Pill>
        <span className="sub">{words(value)}</span>
        {target.credentials.kind === 'oauth' && <SignInButtons id={target.id} status={value} />}
      </div>
      {value.problem === null && (
        <p className="meta clip" title={value.source}>
          {value.source}
        </p>
      )}
      {value.problem !== null && (
        <p className="sub">
          {value.problem.message} {value.problem.nextStep}
        </p>
      )}
      {value.problem !== null && value.problem.command !== null && (
        <Command text={value.problem.command} />
      )}
      {value.link !== null && <SignInLink link={value.link} />}
    </div>
  );
}

function SignInLink({ link }: { readonly link: NonNullable<SignInStatus['link']> }): ReactElement {
  return (
    <p className="sub">
      {link.opened ? 'Finish it in your browser. ' : 'Open this address in your browser: '}
      <CopyButton text={link.url} label="Copy address" />
    </p>
  );
}

interface SignInButtonsProps {
  readonly id: string;
  readonly status: SignInStatus;
}

function SignInButtons({ id, status }: SignInButtonsProps): ReactElement {
  const { begin, cancel, end } = useSignInActions();
  const error = begin.error ?? cancel.error ?? end.error;
  return (
    <>
      {status.state === 'waiting' && (
        <Button small onClick={() => cancel.mutate({ id })}>
          Cancel sign-in
        </Button>
      )}
      {status.state === 'signed-in' && (
        <Button small busy={end.isPending} onClick={() => end.mutate({ id })}>
          Sign out
        </Button>
      )}
      {(status.state === 'signed-out' || status.state === 'failed') && (
        <Button small busy={begin.isPending} onClick={() => begin.mutate({ id })}>
          Sign in
        </Button>
      )}
      {error !== null && <InlineError error={error} />}
    </>
  );
}

/** A command to be copied. */
export function Command({ text }: { readonly text: string }): ReactElement {
  return (
    <div className="command">
      <code className="mono">{text}</code>
      <CopyButton text={text} label="Copy command" iconOnly />
    </div>
  );
}
