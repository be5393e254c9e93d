import type { PlatformDifference } from '../../shared/domain/platform-difference.ts';

/** What a stand-in says of itself: where it is not the platform that it stands for. */
export interface PlatformDifferences {
  /** Throws TARGET_UNREACHABLE. */
  list(): Promise<readonly PlatformDifference[]>;
}
