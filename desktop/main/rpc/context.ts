import type { Core } from '../usecases/core.ts';

/** What a handler may see. The caller was checked by the host before there was a call. */
export interface Context {
  readonly core: Core;
  /** Who acts, for the audit log: the account that runs the console. */
  readonly actor: string;
}
