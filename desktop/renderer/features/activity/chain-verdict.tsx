import type { ReactElement } from 'react';
import { Banner } from '../../ui/banner.tsx';
import { InlineError } from '../../ui/error-state.tsx';
import { count } from '../../ui/format-number.ts';
import { Pill } from '../../ui/status-dot.tsx';

interface ChainVerdictProps {
  readonly verdict: { readonly entries: number; readonly brokenAt: number | null } | undefined;
  readonly error: unknown;
}

/** What the last check of the hash chain found; nothing before the first. */
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
          {`All ${count(verdict.entries)} entries are as they were written.`}
        </span>
      </p>
    );
  }
  return (
    <div className="activity-note">
      <Banner tone="bad" word="Broken">
        <b>{`The chain breaks at entry ${String(verdict.brokenAt)}.`}</b> From there on entries were
        changed or removed outside of the console. Keep the file and compare it with a backup.
      </Banner>
    </div>
  );
}
