import type { RevisionTemplate, ServiceScaling } from '../revision.ts';
import type { PriceTable } from './price-table.ts';
import { LIST_PRICES } from './price-table.ts';
import type { ServiceUsage } from './usage.ts';
import { evenConcurrency, SECONDS_PER_MONTH } from './usage.ts';

/** What a configuration costs money for; the image and its variables don't matter. */
export type BilledShape = Pick<
  RevisionTemplate,
  'cpu' | 'memoryMib' | 'minInstances' | 'concurrency'
>;

/** The configuration with as many instances kept as its service keeps: those cost while they idle. */
export function billedShape(template: BilledShape, scaling: ServiceScaling): BilledShape {
  const { cpu, memoryMib, concurrency } = template;
  const kept = scaling.manual ?? Math.max(template.minInstances, scaling.min);
  return { cpu, memoryMib, concurrency, minInstances: kept };
}

/** One item of a bill: `units` beyond the free part at a price each. */
export interface CostLine {
  readonly item: string;
  readonly unit: string;
  readonly units: number;
  readonly free: number;
  readonly price: number;
  readonly usd: number;
}

/** How it was worked out, to be checked by hand. Always an estimate from list prices. */
export interface CostEstimate {
  readonly billing: 'request' | 'instance';
  readonly monthlyUsd: number;
  readonly lines: readonly CostLine[];
  /** The formula in words, with this service's numbers. */
  readonly formula: string;
  readonly usage: ServiceUsage;
}

const MIB_PER_GIB = 1024;

/**
 * Monthly estimate of a service billed by request: CPU and memory while requests are served, a fee
 * per request, and the idle time of instances that are kept warm. The free part is counted as if
 * the service were alone on its billing account.
 */
export function estimateMonthlyCost(
  template: BilledShape,
  usage: ServiceUsage,
  prices: PriceTable = LIST_PRICES,
): CostEstimate {
  const { request } = prices;
  const gib = template.memoryMib / MIB_PER_GIB;
  const concurrency = usage.concurrency ?? evenConcurrency(usage, template.concurrency);
  const busy = (usage.requestsPerMonth * usage.meanSeconds) / concurrency;
  const idle = idleSeconds(template.minInstances, busy);
  const lines = [
    line('CPU while serving', 'vCPU-s', [
      busy * template.cpu,
      request.free.vcpuSeconds,
      request.vcpuSecond,
    ]),
    line('Memory while serving', 'GiB-s', [busy * gib, request.free.gibSeconds, request.gibSecond]),
    line('Requests', 'requests', [
      usage.requestsPerMonth,
      request.free.requests,
      request.perRequest,
    ]),
    line('CPU kept warm', 'vCPU-s', [idle * template.cpu, 0, request.idleVcpuSecond]),
    line('Memory kept warm', 'GiB-s', [idle * gib, 0, request.idleGibSecond]),
  ];
  const formula =
    `busy = ${count(usage.requestsPerMonth)} requests × ${String(round(usage.meanSeconds, 4))} s ` +
    `÷ ${String(round(concurrency, 2))} at once = ${count(busy)} s; ` +
    `warm = ${String(template.minInstances)} × ${count(SECONDS_PER_MONTH)} s − busy = ${count(idle)} s; ` +
    `${String(template.cpu)} vCPU and ${String(round(gib, 3))} GiB for each`;
  return { billing: 'request', monthlyUsd: sum(lines), lines, formula, usage };
}

/** The first instances are busy part of the time; what is busy isn't idle. */
function idleSeconds(minInstances: number, busy: number): number {
  return Math.max(0, minInstances * SECONDS_PER_MONTH - busy);
}

/** Monthly estimate of instances that are paid for as long as they live, busy or not. */
export function estimateInstanceCost(
  shape: Pick<BilledShape, 'cpu' | 'memoryMib'>,
  instances: number,
  prices: PriceTable = LIST_PRICES,
): CostEstimate {
  const { instance } = prices;
  const seconds = instances * SECONDS_PER_MONTH;
  const gib = shape.memoryMib / MIB_PER_GIB;
  const lines = [
    line('CPU', 'vCPU-s', [seconds * shape.cpu, instance.free.vcpuSeconds, instance.vcpuSecond]),
    line('Memory', 'GiB-s', [seconds * gib, instance.free.gibSeconds, instance.gibSecond]),
  ];
  const formula = `${String(instances)} instances × ${count(SECONDS_PER_MONTH)} s, ${String(shape.cpu)} vCPU and ${String(round(gib, 3))} GiB each`;
  const usage = { requestsPerMonth: 0, meanSeconds: 0, concurrency: null };
  return { billing: 'instance', monthlyUsd: sum(lines), lines, formula, usage };
}

const HOURS_PER_MONTH = 730;

/** One pod of GKE Autopilot: what it requests, whether used or not. */
export interface PodShape {
  readonly vcpu: number;
  readonly gib: number;
  readonly ephemeralGib: number;
}

/** Monthly estimate in USD of pods on one Autopilot cluster. Throws for a region without prices. */
export function estimateAutopilotCost(
  pods: readonly PodShape[],
  region: string,
  prices: PriceTable = LIST_PRICES,
): number {
  const { clusterHour, creditPerMonth, regions } = prices.autopilot;
  const price = regions[region];
  if (price === undefined) throw new RangeError(`No Autopilot prices for ${region}.`);
  const hourly = pods.reduce(
    (total, { vcpu, gib, ephemeralGib }) =>
      total + vcpu * price.vcpuHour + gib * price.gibHour + ephemeralGib * price.ephemeralGibHour,
    0,
  );
  return HOURS_PER_MONTH * hourly + Math.max(0, HOURS_PER_MONTH * clusterHour - creditPerMonth);
}

/** Of several services on one billing account: amounts are added up before the free part goes off. */
export function togetherUsd(estimates: readonly CostEstimate[]): number {
  const items = new Map<string, CostLine>();
  for (const each of estimates.flatMap(({ lines }) => lines)) {
    const known = items.get(each.item);
    items.set(each.item, { ...each, units: (known?.units ?? 0) + each.units });
  }
  return [...items.values()].reduce(
    (total, { units, free, price }) => total + Math.max(0, units - free) * price,
    0,
  );
}

function line(
  item: string,
  unit: string,
  [units, free, price]: readonly [units: number, free: number, price: number],
): CostLine {
  return { item, unit, units, free, price, usd: Math.max(0, units - free) * price };
}

function sum(lines: readonly CostLine[]): number {
  return lines.reduce((total, { usd }) => total + usd, 0);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
