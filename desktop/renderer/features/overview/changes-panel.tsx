import { History } from 'lucide-react';
import type { ReactElement } from 'react';
import { useNow } from '../../api/use-now.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { age, fullTime, shortMoment } from '../../ui/format-time.ts';
import { NavLink } from '../../ui/nav-link.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { Pill } from '../../ui/status-dot.tsx';
import type { Change } from './recent-changes.ts';

interface ChangesPanelProps {
  /** Undefined until they are known. */
  readonly changes: readonly Change[] | undefined;
}

function ChangeLine({ change }: { readonly change: Change }): ReactElement {
  const now = useNow();
  const words = change.detail === '' ? change.title : `${change.title} · ${change.detail}`;
  return (
    <li>
      <Pill tone={change.tone}>{change.word}</Pill>
      <p className="clip" title={words}>
        <b>{change.title}</b>
        {change.detail !== '' && ` · ${change.detail}`}
      </p>
      <span className="lines-time meta num" title={fullTime(change.at)}>
        {change.isRunning ? age(now - change.at) : shortMoment(change.at, now)}
      </span>
    </li>
  );
}

/** What runs now and what changed last: the first thing to look at when something broke. */
export function ChangesPanel({ changes }: ChangesPanelProps): ReactElement {
  return (
    <Panel
      className="changes"
      title="Now and last changes"
      end={
        <NavLink path="/activity" className="meta">
          all activity ›
        </NavLink>
      }
    >
      {changes === undefined && <SkeletonLines lines={5} label="Loading the last changes" />}
      {changes?.length === 0 && (
        <EmptyState icon={<History />} title="Nothing has changed yet">
          Deployments, rollbacks and keys appear here.
        </EmptyState>
      )}
      {changes !== undefined && changes.length > 0 && (
        <ul className="lines" tabIndex={0} aria-label="Last changes">
          {changes.map((change) => (
            <ChangeLine key={change.id} change={change} />
          ))}
        </ul>
      )}
    </Panel>
  );
}
