import { useEffect, useState } from 'react';
import type { ReactElement, ReactNode } from 'react';

const DELAY_MS = 150;

interface AfterDelayProps {
  readonly children: ReactNode;
}

/** Draws its content after 150 ms, so that a quick answer never flashes. */
export function AfterDelay({ children }: AfterDelayProps): ReactElement {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setShown(true);
    }, DELAY_MS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return <>{isShown && children}</>;
}

interface SkeletonProps {
  readonly width?: number | string;
  readonly height?: number | string;
}

/** A grey shape where content will be. */
export function Skeleton({ width = '100%', height = 14 }: SkeletonProps): ReactElement {
  return <span className="skeleton" style={{ width, height }} aria-hidden="true" />;
}

interface SkeletonLinesProps {
  readonly lines?: number;
  readonly label?: string;
}

const WIDTHS = ['72%', '91%', '64%', '83%', '58%'] as const;

/** Lines of a list or table that is being read. */
export function SkeletonLines({ lines = 4, label = 'Loading' }: SkeletonLinesProps): ReactElement {
  return (
    <div role="status" aria-label={label}>
      <AfterDelay>
        <div className="skeleton-lines">
          {Array.from({ length: lines }, (_, index) => (
            <Skeleton key={index} width={WIDTHS[index % WIDTHS.length] ?? '100%'} />
          ))}
        </div>
      </AfterDelay>
    </div>
  );
}
