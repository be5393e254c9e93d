/** What may happen to a local cloud, for property tests. */
import fc from 'fast-check';
import { BEHAVIOURS } from './fake-machine.ts';
import type { Behaviour } from './fake-machine.ts';

const SERVICES = ['shop', 'till'] as const;

/** A call of the API. `pick` stands for one of whatever there is at that moment. */
export type CallStep =
  | {
      readonly do: 'deploy';
      readonly service: string;
      readonly behaviour: Behaviour;
      readonly min: number;
    }
  | {
      readonly do: 'traffic';
      readonly service: string;
      readonly picks: readonly number[];
      readonly tag: boolean;
    }
  | { readonly do: 'latest' | 'delete-service'; readonly service: string }
  | { readonly do: 'delete-revision'; readonly pick: number };

/** One thing that happens. */
export type Step =
  | CallStep
  | { readonly do: 'crash-instance'; readonly pick: number }
  | { readonly do: 'break' }
  | { readonly do: 'mend' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'kill'; readonly lose: number };

const service = fc.constantFrom(...SERVICES);
export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('deploy' as const),
      service,
      behaviour: fc.constantFrom<Behaviour>('good', 'good', 'good', ...BEHAVIOURS),
      min: fc.constantFrom(0, 0, 1, 2),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('traffic' as const),
      service,
      picks: fc.array(fc.nat(8), { minLength: 1, maxLength: 3 }),
      tag: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('latest' as const, 'delete-service' as const),
      service,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('delete-revision' as const, 'crash-instance' as const),
      pick: fc.nat(8),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('break' as const, 'mend' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 15, 25, 40, 700, 6_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const), lose: fc.nat(3) }) },
);
