import type { PreflightFinding } from '../../../shared/domain/preflight.ts';
import type { RequiredPermission } from './required-permissions.ts';

/** Who would be granted a role, as gcloud writes it; a placeholder when the console can't know. */
export type Member = string | null;

const UNKNOWN_MEMBER = 'user:YOUR_ACCOUNT';

/** The command that grants a role on a project. */
export function grantCommand(project: string, role: string, member: Member): string {
  return `gcloud projects add-iam-policy-binding ${project} --member=${member ?? UNKNOWN_MEMBER} --role=${role}`;
}

export function permissionMissing(
  { permission, role, purpose }: RequiredPermission,
  project: string,
  member: Member,
): PreflightFinding {
  return {
    code: 'PERMISSION_MISSING',
    severity: 'blocks',
    title: `Permission ${permission} is missing`,
    detail: `It is needed ${purpose}; the role ${role} has it.`,
    fix: `Ask an owner of ${project} to grant ${role}.`,
    command: grantCommand(project, role, member),
  };
}

/** The service stays closed; everything else of the change is done. */
export function publicAccessRefused(
  service: string,
  reason: string,
  command: string | null,
): PreflightFinding {
  return {
    code: 'PUBLIC_ACCESS_REFUSED',
    severity: 'warns',
    title: `${service} isn’t public`,
    detail: `The platform refused to open it: ${reason}`,
    fix: 'Ask for roles/run.admin, or have the organisation allow it, then open it again.',
    command,
  };
}
