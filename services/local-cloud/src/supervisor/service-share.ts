import type { ServiceSpec } from '../model/resources.ts';
import type { RuntimeLimits } from '../model/template-defaults.ts';

/** What the scaling of a service asks of one of its revisions. */
export interface ServiceShare {
  readonly minInstances: number;
  /** Null: the revision's own maximum alone counts. */
  readonly maxInstances: number | null;
  /** MANUAL: neither the revision's own limits nor the load count. */
  readonly exact: boolean;
}

/** A revision that gets neither traffic nor a tag: nothing is asked of it. */
export const NO_SHARE: ServiceShare = { minInstances: 0, maxInstances: null, exact: false };

/**
 * The instance counts of a service, divided by traffic. Rounded up, so that no revision with traffic is
 * left without an instance by a small share. MANUAL is one number that is the minimum and the maximum.
 */
export function shareOf(scaling: ServiceSpec['scaling'], percent: number): ServiceShare {
  const part = (count: number): number => Math.ceil((count * percent) / 100);
  if (scaling?.scalingMode === 'MANUAL') {
    const exact = part(scaling.manualInstanceCount ?? 0);
    return { minInstances: exact, maxInstances: exact, exact: true };
  }
  const max = scaling?.maxInstanceCount ?? 0;
  return {
    minInstances: part(scaling?.minInstanceCount ?? 0),
    maxInstances: max > 0 ? Math.max(1, part(max)) : null,
    exact: false,
  };
}

type Bounds = Pick<RuntimeLimits, 'minInstances' | 'maxInstances'>;

/** The instance counts that apply: the revision's own and its share of the service's. */
export function boundsOf(own: Bounds, { minInstances, maxInstances, exact }: ServiceShare): Bounds {
  if (exact) return { minInstances, maxInstances: minInstances };
  const max = Math.min(own.maxInstances, maxInstances ?? own.maxInstances);
  return { minInstances: Math.max(own.minInstances, minInstances), maxInstances: max };
}
