import type { ReactElement } from 'react';
import { useRunningOperations } from '../api/use-running-operations.ts';
import { useNow } from '../api/use-now.ts';
import { age, usual } from '../ui/format-time.ts';
import { Pill } from '../ui/status-dot.tsx';
import { useGo } from '../ui/use-go.ts';

/** The operation that runs now, how long it has and how long such a thing usually takes. */
export function OperationChip(): ReactElement | null {
  const running = useRunningOperations();
  const now = useNow();
  const go = useGo();
  const [first] = running;
  if (first === undefined) return null;
  const more = running.length - 1;
  return (
    <button
      type="button"
      className="operation-chip"
      onClick={() => {
        go(`/deployments?service=${first.service}`);
      }}
    >
      <Pill tone="running">{first.title}</Pill>
      <span className="operation-time">{age(now - (first.startedAt ?? first.createdAt))}</span>
      {first.usualMs !== null && <span className="operation-usual">{usual(first.usualMs)}</span>}
      {more > 0 && <span className="meta">{`+${String(more)}`}</span>}
    </button>
  );
}
