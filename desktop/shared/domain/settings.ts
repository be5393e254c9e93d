import type { Target } from './target.ts';

export type Theme = 'system' | 'light' | 'dark';

/** What the console remembers between starts. Never a secret. */
export interface Settings {
  readonly version: 1;
  readonly theme: Theme;
  readonly targetId: string;
  readonly targets: readonly Target[];
  readonly sampleTraffic: { readonly requestsPerSecond: number };
}
