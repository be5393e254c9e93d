import type { PlatformDifference } from '../../../shared/domain/platform-difference.ts';
import type { Core } from '../core.ts';
import { findTarget } from './find-target.ts';

/**
 * Where a target behaves otherwise than Cloud Run; empty for Cloud Run itself. Throws INVALID_INPUT for
 * an unknown target and TARGET_UNREACHABLE.
 */
export async function listDifferences(
  core: Core,
  { id }: { readonly id: string },
): Promise<PlatformDifference[]> {
  const { differences } = core.ports.sessionOf(findTarget(core, id).id);
  return differences === null ? [] : [...(await differences.list())];
}
