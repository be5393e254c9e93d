import type { PriceTable } from '../../../shared/domain/cost/price-table.ts';
import {
  isStaleTable,
  pricesIn,
  REFERENCE_REGION,
} from '../../../shared/domain/cost/price-table.ts';
import type { Target } from '../../../shared/domain/target.ts';

/** Which prices a target's figures are made of, and what has to be said with them. */
export interface PriceBasis {
  readonly prices: PriceTable;
  readonly region: string;
  /** False where nothing is paid: the figures then say what the same would cost. */
  readonly billed: boolean;
  readonly tableDate: string;
  readonly isStale: boolean;
}

/** `now` in epoch milliseconds: old prices are said to be old. */
export function priceBasis(target: Target, now: number): PriceBasis {
  const region = target.region ?? REFERENCE_REGION;
  const prices = pricesIn(region);
  return {
    prices,
    region,
    billed: target.kind !== 'local',
    tableDate: prices.date,
    isStale: isStaleTable(prices, now),
  };
}
