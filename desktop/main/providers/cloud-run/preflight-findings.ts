import type { PreflightFinding } from '../../../shared/domain/preflight.ts';
import type { DomainError } from '../../ports/domain-error.ts';
import type { RequiredPermission } from './required-permissions.ts';

/** Who would be granted a role, as gcloud writes it; a placeholder when the console can't know. */
export type Member = string | null;

const ELSEWHERE = ' It may be granted on that resource alone, which the console can’t see.';
const UNKNOWN_MEMBER = 'user:YOUR_ACCOUNT';

const SERVICE_ID = /^[a-z](?:[a-z0-9-]{0,47}[a-z0-9])?$/;
const CREDENTIAL_CODES = new Set<string>([
  'CREDENTIALS_MISSING',
  'CREDENTIALS_INVALID',
  'PERMISSION_DENIED',
  'SIGN_IN_FAILED',
]);

/** The command that grants a role on a project. */
export function grantCommand(project: string, role: string, member: Member): string {
  return `gcloud projects add-iam-policy-binding ${project} --member=${member ?? UNKNOWN_MEMBER} --role=${role}`;
}

export function permissionMissing(
  { permission, role, purpose, on }: RequiredPermission,
  project: string,
  member: Member,
): PreflightFinding {
  return {
    code: 'PERMISSION_MISSING',
    severity: on === 'other' ? 'warns' : 'blocks',
    title: `Permission ${permission} is missing`,
    detail: `It is needed ${purpose}; the role ${role} has it.${on === 'other' ? ELSEWHERE : ''}`,
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

export function apiDisabled(api: string, project: string): PreflightFinding {
  return {
    code: 'API_DISABLED',
    severity: 'blocks',
    title: `${api} is not enabled`,
    detail: `${project} can’t use it before somebody enables it; that takes a minute or two.`,
    fix: 'Enable it, wait a minute and check again.',
    command: `gcloud services enable ${api} --project=${project}`,
  };
}

/** May a service be called so? */
export function isServiceName(service: string): boolean {
  return SERVICE_ID.test(service);
}

export function invalidServiceName(service: string): PreflightFinding {
  return {
    code: 'SERVICE_NAME_INVALID',
    severity: 'blocks',
    title: `${service || 'An empty text'} can’t be the name of a service`,
    detail: 'A name has 1 to 49 lower-case letters, digits and hyphens, and starts with a letter.',
    fix: 'Choose another name.',
    command: null,
  };
}

export function projectUnreadable(project: string): PreflightFinding {
  return {
    code: 'PROJECT_UNREADABLE',
    severity: 'blocks',
    title: `Project ${project} can’t be read`,
    detail: 'It doesn’t exist, or these credentials may not see it.',
    fix: 'Check the project’s id in the target and who is signed in.',
    command: `gcloud projects describe ${project}`,
  };
}

/** Nothing is known to be wrong; the change may still fail for that reason. */
export function notChecked(what: string, { message, nextStep }: DomainError): PreflightFinding {
  return {
    code: 'NOT_CHECKED',
    severity: 'warns',
    title: `The console couldn’t check ${what}`,
    detail: message,
    fix: nextStep,
    command: null,
  };
}

/** Credentials or the way to the platform; nothing else could be checked. */
export function accessFailed({ code, message, nextStep }: DomainError): PreflightFinding {
  const credentials = CREDENTIAL_CODES.has(code);
  return {
    code: credentials ? 'CREDENTIALS_MISSING' : 'UNREACHABLE',
    severity: 'blocks',
    title: credentials ? 'Nobody is signed in to this target' : 'The platform doesn’t answer',
    detail: message,
    fix: nextStep,
    command: credentials ? 'gcloud auth application-default login' : null,
  };
}

export function specRefused(service: string, { message, nextStep }: DomainError): PreflightFinding {
  return {
    code: 'SPEC_REFUSED',
    severity: 'blocks',
    title: `The platform would refuse this configuration of ${service}`,
    detail: message,
    fix: nextStep,
    command: null,
  };
}
