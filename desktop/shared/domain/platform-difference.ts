/** Where a stand-in for a platform behaves otherwise than the platform. */
export interface PlatformDifference {
  readonly topic: string;
  readonly here: string;
  readonly there: string;
  /** Test that shows what is said of here, as a path of the stand-in's room; null when none does. */
  readonly test: string | null;
}
