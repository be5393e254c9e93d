import { DomainError } from '../../ports/domain-error.ts';

export function buildCancelled(): DomainError {
  return new DomainError({
    code: 'CANCELLED',
    message: 'The build was cancelled.',
    nextStep: 'Start it again when you want it.',
  });
}

export function buildFailed(message: string): DomainError {
  return new DomainError({
    code: 'BUILD_FAILED',
    message,
    nextStep: 'Read the build log, correct the source and deploy again.',
  });
}
