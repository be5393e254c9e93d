import type { DeploymentProvider } from './deployment-provider.ts';
import type { ImageBuilder } from './image-builder.ts';
import type { PlatformDifferences } from './platform-differences.ts';
import type { RevisionReferences } from './revision-references.ts';
import type { ScrapeTargets } from './scrape-targets.ts';
import type { StackSecrets } from './stack-secrets.ts';
import type { TargetAccess } from './target-access.ts';

/** Whether the platform behind the target answers, and since when it runs (epoch ms). */
export type Reachability =
  | { readonly reachable: true; readonly startedAt: number | null }
  | { readonly reachable: false; readonly reason: string };

/** Everything that depends on which target is chosen, bound to that target. */
export interface TargetSession {
  readonly provider: DeploymentProvider;
  readonly builder: ImageBuilder;
  readonly references: RevisionReferences;
  readonly scrapeTargets: ScrapeTargets;
  readonly secrets: StackSecrets;
  readonly access: TargetAccess;
  /** null for the platform itself, which differs from nothing. */
  readonly differences: PlatformDifferences | null;
  /** Cheap; asked at 1 Hz. Never throws. */
  reachability(): Promise<Reachability>;
}
