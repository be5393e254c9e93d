import type { AuditClient } from '../audit/append-audit.ts';
import type { ConfigProblem } from './check-document.ts';
import type { ConfigDocument } from './config-document.ts';

/** A version of the document as it was applied. */
export interface ConfigVersion {
  /** Counts up from 1. */
  version: number;
  document: ConfigDocument;
  /** Who applied it: an administrator, `file` or `environment`. */
  actor: string;
  comment: string;
  at: Date;
}

export interface NewConfigVersion {
  document: ConfigDocument;
  actor: string;
  comment: string;
  /** Refused unless this is the newest version; undefined to apply on top of whatever there is. */
  after: number | undefined;
  /** Last step before the commit, for the audit entry; not called without a database. */
  alongside?: ((client: AuditClient, version: ConfigVersion) => Promise<void>) | undefined;
}

export type ConfigErrorCode =
  | 'config_invalid'
  | 'config_conflict'
  | 'config_version_not_found'
  | 'config_read_only'
  | 'config_unavailable';

/** A change of the configuration that was refused; the old one is still in force. */
export class ConfigChangeError extends Error {
  readonly code: ConfigErrorCode;
  readonly problems: readonly ConfigProblem[];

  constructor(
    code: ConfigErrorCode,
    message: string,
    { problems = [], cause }: { problems?: readonly ConfigProblem[]; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = 'ConfigChangeError';
    this.code = code;
    this.problems = problems;
  }
}

/**
 * Where applied versions are kept. Promises: versions count up by one without gaps, in the order of
 * their commits; a version never changes; errors are `ConfigChangeError`.
 */
export interface ConfigRepository {
  newest: () => Promise<ConfigVersion | null>;
  read: (version: number) => Promise<ConfigVersion | null>;
  /** Newest first. */
  list: (limit: number) => Promise<ConfigVersion[]>;
  append: (entry: NewConfigVersion) => Promise<ConfigVersion>;
  close: () => Promise<void>;
}
