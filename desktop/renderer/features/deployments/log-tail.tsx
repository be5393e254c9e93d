import { useEffect, useRef } from 'react';
import type { ReactElement } from 'react';
import type { OperationLogLine } from '../../../shared/domain/operation.ts';
import { clockTime } from '../../ui/format-time.ts';
import { classNames } from '../../ui/class-names.ts';

interface LogTailProps {
  readonly lines: readonly OperationLogLine[];
  /** A failure opens the log by itself. */
  readonly isLong: boolean;
}

/** The newest log lines; it follows its end unless somebody has scrolled up to read. */
export function LogTail({ lines, isLong }: LogTailProps): ReactElement | null {
  const ref = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    const log = ref.current;
    if (log !== null && follows.current) log.scrollTop = log.scrollHeight;
  }, [lines]);
  if (lines.length === 0) return null;
  return (
    <div
      ref={ref}
      className={classNames('log', 'log-tail', isLong && 'log-tail-long')}
      role="log"
      aria-label="Log"
      tabIndex={0}
      onScroll={({ currentTarget: log }) => {
        follows.current = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
      }}
    >
      {lines.map(({ at, line }, index) => (
        <div key={`${String(at)} ${String(index)}`}>
          <span className="unit">{clockTime(at)}</span> {line}
        </div>
      ))}
    </div>
  );
}
