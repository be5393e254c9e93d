import type { TargetDetails } from '../../../shared/contract/targets.ts';
import type { Target } from '../../../shared/domain/target.ts';
import { DomainError } from '../../ports/domain-error.ts';

/**
 * No two targets may have one name, or be one place: a second, looser target for the same project and
 * region would be a way around the first one's mode. Throws INVALID_INPUT.
 */
export function assertUnique(
  others: readonly Target[],
  { name, project, region }: TargetDetails,
): void {
  if (others.some((other) => other.name === name)) {
    throw taken(`There is a target ${name} already.`, 'Give it another name.');
  }
  const same = others.find((other) => other.project === project && other.region === region);
  if (same === undefined) return;
  throw taken(
    `${same.name} is ${project} in ${region} already.`,
    'Use that target, or name another project or region.',
  );
}

function taken(message: string, nextStep: string): DomainError {
  return new DomainError({ code: 'INVALID_INPUT', message, nextStep });
}
