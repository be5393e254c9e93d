import type { ReactElement } from 'react';
import { Page } from '../../ui/panel.tsx';
import { AuditPanel } from './audit-panel.tsx';
import { OperationsPanel } from './operations-panel.tsx';
import './activity.css';

/** What was done: the operations, and the tamper-evident record of every change. */
export function ActivityPage(): ReactElement {
  return (
    <Page
      title="Activity"
      className="activity-page"
      aside={<span className="meta">operations and the audit log, newest first</span>}
    >
      <div className="activity-board">
        <OperationsPanel />
        <AuditPanel />
      </div>
    </Page>
  );
}
