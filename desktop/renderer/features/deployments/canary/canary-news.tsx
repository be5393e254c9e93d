import type { ReactElement } from 'react';
import type { CanaryEnd, CanaryHold } from '../../../../shared/domain/canary.ts';
import type { Operation } from '../../../../shared/domain/operation.ts';
import { useNow } from '../../../api/use-now.ts';
import { Banner } from '../../../ui/banner.tsx';
import { age } from '../../../ui/format-time.ts';

/** One sentence when something is to be known or decided. */
export function CanaryNews({ operation }: { readonly operation: Operation }): ReactElement | null {
  const { canary, error } = operation;
  if (error !== null) {
    return (
      <Banner tone="bad" word="Aborted">
        <b>{error.message}</b> {error.nextStep}
      </Banner>
    );
  }
  const end = canary?.end ?? null;
  if (end !== null) return <EndNews end={end} />;
  const hold = canary?.hold ?? null;
  return hold === null ? null : <HoldNews hold={hold} />;
}

function EndNews({ end }: { readonly end: CanaryEnd }): ReactElement | null {
  if (end.kind === 'promoted') return null;
  return (
    <Banner
      tone={end.by === 'human' ? 'idle' : 'bad'}
      word={end.kind === 'aborted' ? 'Aborted' : 'Let go'}
    >
      <b>{end.by === 'human' ? 'A person decided.' : 'The console decided.'}</b>{' '}
      {end.reason === '' ? 'No reason was given.' : sentence(end.reason)}
    </Banner>
  );
}

function HoldNews({ hold }: { readonly hold: CanaryHold }): ReactElement {
  const since = age(Math.max(0, useNow() - hold.since));
  const isHuman = hold.by === 'human';
  return (
    <Banner tone="warn" word="Held">
      <b>{isHuman ? `Held by a person for ${since}.` : `Nothing moves for ${since}.`}</b>{' '}
      {holdWords(hold)}
    </Banner>
  );
}

function holdWords({ by, reason }: CanaryHold): string {
  if (by === 'console')
    return `${sentence(reason)} It goes on by itself once there is enough to judge by.`;
  return reason === '' ? 'Resume it when you are ready.' : sentence(reason);
}

function sentence(reason: string): string {
  const first = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
