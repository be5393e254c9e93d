import type { AuditEntry } from '../../shared/contract/audit.ts';

type Line = readonly [
  minutes: number,
  action: string,
  subject: string,
  AuditEntry['outcome'],
  string,
];

/** What was done lately, newest first. */
export function sampleAudit(now: number): AuditEntry[] {
  const lines: readonly Line[] = [
    [14, 'keys.revoke', 'mobile-prod', 'ok', 'leaked in a log'],
    [31, 'deployments.rollBack', 'gateway', 'ok', 'to gateway-00042'],
    [34, 'deployments.deploy', 'gateway', 'failed', 'REVISION_NOT_READY'],
    [52, 'keys.create', 'partner-acme', 'ok', '60 /min'],
    [180, 'deployments.deploy', 'backend', 'ok', 'backend-00017'],
    [200, 'targets.setMode', 'local', 'refused', 'TARGET_READ_ONLY'],
  ];
  return lines.map(([minutes, action, subject, outcome, detail], index) => ({
    sequence: lines.length - index,
    at: now - minutes * 60_000,
    actor: 'operator',
    target: 'local',
    action,
    subject,
    outcome,
    detail,
    hash: `${String(index)}c9f0f895fb98ab9159f51fd0297e236d`.padEnd(64, '0'),
  }));
}
