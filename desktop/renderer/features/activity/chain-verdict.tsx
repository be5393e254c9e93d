import type { ReactElement } from 'react';
import { Banner } from '../../ui/banner.tsx';
import { InlineError } from '../../ui/error-state.tsx';
import { count } from '../../ui/format-number.ts';
import { Pill } from '../../ui/status-dot.tsx';

interface ChainVerdictProps {
  readonly verdict: { readonly entries: number; readonly brokenAt: number | null } | undefined;
  readonly error: unknown;
}

/**
 * What the last check of the hash chain found; nothing before the first. No more than it proves: each
 * entry holds the one before it in place, but nothing holds the last one.
 */
export function ChainVerdict({ verdict, error }: ChainVerdictProps): ReactElement | null {
  if (error !== null) {
    return (
      <div className="activity-note">
        <InlineError error={error} />
      </div>
    );
  }
  if (verdict === undefined) return null;
  if (verdict.brokenAt === null) {
    return (
      <p className="activity-note row" role="status">
        <Pill tone="ok">Chain intact</Pill>
        <span className="sub">
          {`No entry was changed or taken out between the first and the last (${count(verdict.entries)} in all). Entries cut off at the end can go unnoticed.`}
        </span>
      </p>
    );
  }
  return (
    <div className="activity-note">
      <Banner tone="bad" word="Broken">
        <b>{`The chain breaks at entry ${String(verdict.brokenAt)}.`}</b> It or one before it was
        changed or taken out outside of the console, or only half written when the console stopped.
        What follows it is not proven. Keep the file and compare it with a backup.
      </Banner>
    </div>
  );
}
