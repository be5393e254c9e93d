/** What a preflight looks at; each one needs permissions of its own. */
export type PreflightAction = 'read' | 'deploy' | 'build' | 'public';

/** What keeps a change from working, or may do so. */
export const PREFLIGHT_CODES = [
  'CREDENTIALS_MISSING',
  'PROJECT_UNREADABLE',
  'API_DISABLED',
  'PERMISSION_MISSING',
  'SERVICE_NAME_INVALID',
  'SPEC_REFUSED',
  'UNREACHABLE',
  'NOT_CHECKED',
  'PUBLIC_ACCESS_REFUSED',
] as const;
export type PreflightCode = (typeof PREFLIGHT_CODES)[number];

/** One thing that was found before anything was changed, with the way to repair it. */
export interface PreflightFinding {
  readonly code: PreflightCode;
  /** `blocks`: the change would fail. `warns`: it may work, or works with less. */
  readonly severity: 'blocks' | 'warns';
  /** In a few words: `Permission run.services.update is missing`. */
  readonly title: string;
  /** What it means for the change, for an operator. Never a secret. */
  readonly detail: string;
  /** What to do, in one sentence. */
  readonly fix: string;
  /** The command that does it, ready to be copied; null when there is none. */
  readonly command: string | null;
}
