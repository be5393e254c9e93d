import type { ReactElement } from 'react';
import type { AuditExport } from '../../../shared/contract/audit.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { InlineError } from '../../ui/error-state.tsx';
import { count } from '../../ui/format-number.ts';
import { Pill } from '../../ui/status-dot.tsx';

interface ExportResultProps {
  readonly written: AuditExport | undefined;
  readonly error: unknown;
}

/** Where the last export went; nothing before the first. */
export function ExportResult({ written, error }: ExportResultProps): ReactElement | null {
  if (error !== null) {
    return (
      <div className="activity-note">
        <InlineError error={error} />
      </div>
    );
  }
  if (written === undefined) return null;
  return (
    <p className="activity-note row" role="status">
      <Pill tone="ok">Exported</Pill>
      <span className="sub grow">
        {`${count(written.entries)} entries to `}
        <span className="mono">{written.file}</span>
      </span>
      <CopyButton text={written.file} label="Copy path" />
    </p>
  );
}
