import type { ConsoleClient } from '../api/client.ts';
import { samplePlan } from './sample-plans.ts';
import { sampleReleases } from './sample-releases.ts';

/** What an answer is made of: it arrives, fails or never comes, as the scenario says. */
interface Answering {
  readonly isEmpty: boolean;
  value<T>(make: () => T): Promise<T>;
}

/** Canary, releases, traffic by hand and the gateway's upstream. */
export function rolloutGroups(
  answers: Answering,
): Pick<ConsoleClient, 'canary' | 'releases' | 'traffic' | 'upstream'> {
  const started = (): Promise<{ operationId: string }> =>
    answers.value(() => ({ operationId: 'op-run-gateway' }));
  const done = ({ id }: { readonly id: string }): Promise<{ id: string }> =>
    answers.value(() => ({ id }));
  return {
    canary: {
      plan: ({ service }) => answers.value(() => samplePlan('canary', service)),
      start: started,
      hold: done,
      resume: done,
      promote: done,
      abort: done,
    },
    releases: {
      list: () => answers.value(() => sampleReleases(Date.now(), answers.isEmpty)),
      start: started,
      rollBack: started,
    },
    traffic: { set: started },
    upstream: {
      read: () =>
        answers.value(() => ({ url: 'http://127.0.0.1:8080', own: 'http://127.0.0.1:8080' })),
      plan: () => answers.value(() => samplePlan('switch_upstream', 'gateway')),
      switch: started,
    },
  };
}
