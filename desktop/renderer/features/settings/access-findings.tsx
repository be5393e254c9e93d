import type { ReactElement } from 'react';
import type { PreflightFinding } from '../../../shared/domain/preflight.ts';
import { Button } from '../../ui/button.tsx';
import { InlineError } from '../../ui/error-state.tsx';
import { clockTime } from '../../ui/format-time.ts';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { Pill } from '../../ui/status-dot.tsx';
import { Command } from './sign-in-line.tsx';
import { useAccessCheck } from './use-targets.ts';

function Finding({ finding }: { readonly finding: PreflightFinding }): ReactElement {
  const blocks = finding.severity === 'blocks';
  return (
    <li className="finding">
      <div className="row">
        <Pill tone={blocks ? 'bad' : 'warn'}>{blocks ? 'Blocks' : 'Warns'}</Pill>
        <b>{finding.title}</b>
      </div>
      <p className="sub">{finding.detail}</p>
      <p>{finding.fix}</p>
      {finding.command !== null && <Command text={finding.command} />}
    </li>
  );
}

interface AccessFindingsProps {
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}

/** What was found when the access to a target was checked, each with its fix. */
export function AccessFindings({ id, name, onClose }: AccessFindingsProps): ReactElement {
  const check = useAccessCheck(id, true);
  const again = (): void => {
    check.refetch().catch(reportError);
  };
  if (check.isFetching) return <SkeletonLines lines={2} label={`Checking the access to ${name}`} />;
  return (
    <section className="access" aria-label={`Access to ${name}`}>
      {check.error !== null && <InlineError error={check.error} />}
      {check.data !== undefined && (
        <>
          <p className="meta">
            {check.data.findings.length === 0
              ? `Nothing keeps changes from working, as of ${clockTime(check.data.checkedAt)}.`
              : `Found at ${clockTime(check.data.checkedAt)}; nothing was changed.`}
          </p>
          <ul>
            {check.data.findings.map((finding) => (
              <Finding key={`${finding.code} ${finding.title}`} finding={finding} />
            ))}
          </ul>
        </>
      )}
      <div className="row">
        <Button small onClick={again}>
          Check again
        </Button>
        <Button small kind="ghost" onClick={onClose}>
          Hide
        </Button>
      </div>
    </section>
  );
}
