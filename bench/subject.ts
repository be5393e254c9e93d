import type { Figure } from './figure.ts';

export interface BenchOptions {
  /** Few samples: shows that the runner works, not how fast anything is. */
  readonly smoke: boolean;
  /** Minutes under full load to look for memory that grows; not measured without. */
  readonly soakMinutes?: number | undefined;
  /** Seconds that the backend gets four times what it can do; not measured without. */
  readonly overloadSeconds?: number | undefined;
}

/** Measures one subject. Cleans up every process, port and folder it made, also when it throws. */
export type Subject = (options: BenchOptions) => Promise<readonly Figure[]>;
