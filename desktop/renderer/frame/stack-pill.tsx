import type { ReactElement } from 'react';
import type { StackStatus } from '../../shared/contract/stack.ts';
import type { StackHealth } from '../../shared/domain/health.ts';
import { useLiveSources } from '../api/live-sources.ts';
import { useLiveQuery } from '../api/use-live-query.ts';
import { Pill } from '../ui/status-dot.tsx';
import type { Tone } from '../ui/status-dot.tsx';
import { healthTone } from '../ui/tone-of.ts';
import { NavLink } from '../ui/nav-link.tsx';

interface Shown {
  readonly tone: Tone;
  readonly word: string;
}

const PHASES: Readonly<Record<Exclude<StackStatus['phase'], 'ready'>, Shown>> = {
  connecting: { tone: 'running', word: 'Connecting' },
  deploying: { tone: 'running', word: 'First deploy' },
  unreachable: { tone: 'bad', word: 'Unreachable' },
  failed: { tone: 'bad', word: 'Not deployed' },
};

/** What the pill says: where the platform stands, and once it is ready how the stack does. */
export function stackWord(
  status: StackStatus | undefined,
  health: StackHealth | undefined,
  isStale: boolean,
): Shown {
  if (status !== undefined && status.phase !== 'ready') return PHASES[status.phase];
  if (health === undefined) return { tone: 'idle', word: isStale ? 'No answer' : 'Connecting' };
  if (isStale) return { tone: 'idle', word: `${health.verdict.title}, reconnecting` };
  return { tone: healthTone(health.verdict.state), word: health.verdict.title };
}

/** The stack in one pill; its changes are announced. */
export function StackPill(): ReactElement {
  const sources = useLiveSources();
  const status = useLiveQuery(sources.stack);
  const health = useLiveQuery(sources.health);
  const isStale = status.error !== null || health.error !== null;
  const { tone, word } = stackWord(status.value, health.value, isStale);
  const reason = status.value?.reason ?? health.value?.verdict.sentence ?? undefined;
  return (
    <span role="status">
      <NavLink path="/" className="stack-pill">
        <Pill tone={tone} title={reason}>
          {word}
        </Pill>
      </NavLink>
    </span>
  );
}
