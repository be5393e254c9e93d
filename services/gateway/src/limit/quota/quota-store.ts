import type { QuotaPolicy } from '@omni/contracts/limits.ts';

/** A count in one period; `generation` rises with a reset, so that what was leased before is void. */
export interface QuotaPeriod {
  readonly period: string;
  readonly generation: number;
}

export interface LeaseRequest {
  readonly counterId: string;
  readonly quota: QuotaPolicy;
  /** Units to lease if there are as many, and the fewest that are of any use. */
  readonly want: number;
  readonly need: number;
  /** Units spent since the last report, and of which period. */
  readonly spent: number;
  readonly held: QuotaPeriod | undefined;
}

export interface Lease extends QuotaPeriod {
  /** Units granted: 0 when fewer than needed are left. */
  readonly granted: number;
  /** Units spent as far as reported by all instances. */
  readonly used: number;
  /** Milliseconds until the period ends; null for `total`. */
  readonly resetInMs: number | null;
  /** A threshold in percent that this report was the first to pass; 0 for none. */
  readonly alert: number;
}

export interface Settlement extends QuotaPeriod {
  readonly counterId: string;
  readonly limit: number;
  /** Units spent since the last report, and leased units that go back. */
  readonly spent: number;
  readonly unspent: number;
}

export interface QuotaCount {
  readonly used: number;
  readonly reserved: number;
  readonly alertPercent: number;
  readonly resetInMs: number | null;
}

/**
 * Where quotas are counted. Promises: all units leased in a period, less those given back, never
 * exceed the limit, whatever instances come, go or die; every threshold is passed once per period.
 */
export interface QuotaStore {
  lease: (request: LeaseRequest) => Promise<Lease>;
  /** Answers a threshold that was passed; 0 for none. */
  settle: (settlement: Settlement) => Promise<number>;
  read: (counterId: string, quota: QuotaPolicy) => Promise<QuotaCount>;
  reset: (counterId: string, quota: QuotaPolicy) => Promise<void>;
  close: () => Promise<void>;
}
