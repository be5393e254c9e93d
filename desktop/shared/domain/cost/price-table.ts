/** List prices in USD, without discounts and taxes. They age: `date` is shown beside every figure. */
export interface PriceTable {
  /** First day of the month whose list prices these are. */
  readonly date: string;
  /** Active time while requests are served (billing by request). */
  readonly request: {
    readonly vcpuSecond: number;
    readonly gibSecond: number;
    readonly perRequest: number;
    readonly idleVcpuSecond: number;
    readonly idleGibSecond: number;
    readonly free: {
      readonly vcpuSeconds: number;
      readonly gibSeconds: number;
      readonly requests: number;
    };
  };
  /** The whole life of an instance (billing by instance): no fee per request. */
  readonly instance: {
    readonly vcpuSecond: number;
    readonly gibSecond: number;
    readonly free: { readonly vcpuSeconds: number; readonly gibSeconds: number };
  };
  /** Factors of the dearer regions. */
  readonly tier2: { readonly request: number; readonly instance: number };
  readonly autopilot: {
    readonly clusterHour: number;
    readonly creditPerMonth: number;
    readonly regions: Readonly<
      Record<
        string,
        { readonly vcpuHour: number; readonly gibHour: number; readonly ephemeralGibHour: number }
      >
    >;
  };
}

/** Cloud Run and GKE Autopilot, from the public price lists; docs/cost.md says which are unverified. */
export const LIST_PRICES: PriceTable = {
  date: '2026-11-01',
  request: {
    vcpuSecond: 0.000024,
    gibSecond: 0.0000025,
    perRequest: 0.4 / 1e6,
    idleVcpuSecond: 0.0000025,
    idleGibSecond: 0.0000025,
    free: { vcpuSeconds: 180_000, gibSeconds: 360_000, requests: 2_000_000 },
  },
  instance: {
    vcpuSecond: 0.000018,
    gibSecond: 0.000002,
    free: { vcpuSeconds: 240_000, gibSeconds: 450_000 },
  },
  tier2: { request: 1.4, instance: 1.2 },
  autopilot: {
    clusterHour: 0.1,
    creditPerMonth: 74.4,
    regions: {
      'us-central1': { vcpuHour: 0.0445, gibHour: 0.0049225, ephemeralGibHour: 0.0000548 },
      'europe-west1': { vcpuHour: 0.049, gibHour: 0.0054202, ephemeralGibHour: 0.0000603 },
    },
  },
};

/** Regions at the lower price; every other one is priced as tier 2. */
const TIER_1: ReadonlySet<string> = new Set([
  'asia-east1',
  'asia-northeast1',
  'asia-northeast2',
  'asia-south1',
  'europe-north1',
  'europe-north2',
  'europe-southwest1',
  'europe-west1',
  'europe-west4',
  'europe-west8',
  'europe-west9',
  'me-west1',
  'northamerica-south1',
  'us-central1',
  'us-east1',
  'us-east4',
  'us-east5',
  'us-south1',
  'us-west1',
]);

/** The region whose prices stand for a target that has none, such as this machine. */
export const REFERENCE_REGION = 'europe-west1';

/** Prices as they are in a region. */
export function pricesIn(region: string, table: PriceTable = LIST_PRICES): PriceTable {
  if (TIER_1.has(region)) return table;
  const { request, instance, tier2 } = table;
  return {
    ...table,
    request: {
      ...request,
      vcpuSecond: request.vcpuSecond * tier2.request,
      gibSecond: request.gibSecond * tier2.request,
      idleVcpuSecond: request.idleVcpuSecond * tier2.request,
      idleGibSecond: request.idleGibSecond * tier2.request,
    },
    instance: {
      ...instance,
      vcpuSecond: instance.vcpuSecond * tier2.instance,
      gibSecond: instance.gibSecond * tier2.instance,
    },
  };
}

const STALE_AFTER_MONTHS = 6;

/** Is the table so old that its figures can't be trusted? `now` in epoch milliseconds. */
export function isStaleTable(table: PriceTable, now: number): boolean {
  const date = new Date(table.date);
  date.setUTCMonth(date.getUTCMonth() + STALE_AFTER_MONTHS);
  return now >= date.getTime();
}
