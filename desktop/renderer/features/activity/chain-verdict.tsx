import type { ReactElement } from 'react';
import type { AuditVerdict } from '../../../shared/contract/audit.ts';
import { Banner } from '../../ui/banner.tsx';
import { InlineError } from '../../ui/error-state.tsx';
import { count } from '../../ui/format-number.ts';
import { Pill } from '../../ui/status-dot.tsx';

interface ChainVerdictProps {
  readonly verdict: AuditVerdict | undefined;
  readonly error: unknown;
}

/** What the last check of the hash chain and its seal found; nothing before the first. */
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
        <span className="sub">{provenOf(verdict)}</span>
      </p>
    );
  }
  return (
    <div className="activity-note">
      <Banner tone="bad" word="Broken">
        <b>{`The log breaks at entry ${count(verdict.brokenAt)}.`}</b> {verdict.problem} It was
        worked on outside of the console. What stands before it is proven, what follows is not: keep
        the file and compare it with a backup.
      </Banner>
    </div>
  );
}

/** No more than it proves. */
function provenOf({ entries, sealedFrom }: AuditVerdict): string {
  if (entries === 0) return 'There is no entry yet.';
  const whole = `None of ${count(entries)} entries was changed or taken out, also at the end.`;
  if (sealedFrom === null || sealedFrom === 1) return whole;
  return `None of ${count(entries)} entries was changed. The seal was missing once: that none is missing is proven from entry ${count(sealedFrom)} on.`;
}
