import type { UsageBasis } from '../../../shared/domain/cost/cost-report.ts';
import type { ServiceUsage } from '../../../shared/domain/cost/usage.ts';
import { SECONDS_PER_MONTH } from '../../../shared/domain/cost/usage.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import type { Core } from '../core.ts';

/** What a month is taken to be where nothing was measured: said beside every figure made of it. */
const ASSUMED: ServiceUsage = {
  requestsPerMonth: 1_000_000,
  meanSeconds: 0.1,
  concurrency: null,
};
const ASSUMED_WORDS = 'assumed: 1,000,000 requests a month of 100 ms each, spread evenly';

export interface KnownUsage {
  readonly usage: ServiceUsage;
  readonly basis: UsageBasis;
}

/** A month of a service as its last hour would make it, else the stated assumption. */
export async function serviceUsage(core: Core, service: StackServiceId): Promise<KnownUsage> {
  const measured = await core.ports.metrics.usage(service);
  if (measured === null) {
    return { usage: ASSUMED, basis: { source: 'assumed', words: ASSUMED_WORDS } };
  }
  const { requests, busySeconds, overSeconds } = measured;
  const usage: ServiceUsage = {
    requestsPerMonth: (requests / overSeconds) * SECONDS_PER_MONTH,
    meanSeconds: requests === 0 ? 0 : busySeconds / requests,
    concurrency: null,
  };
  const minutes = Math.max(1, Math.round(overSeconds / 60));
  const mean = requests === 0 ? '' : `, ${(usage.meanSeconds * 1000).toFixed(1)} ms on average`;
  const words =
    `measured: ${Math.round(requests).toLocaleString('en-US')} requests in the last ` +
    `${String(minutes)} min${mean}, as if every minute of the month were like that`;
  return { usage, basis: { source: 'measured', words } };
}
