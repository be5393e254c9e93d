import { DomainError } from '../../ports/domain-error.ts';

export function underWay(service: string): DomainError {
  return new DomainError({
    code: 'CONFLICT',
    message: `Another change of ${service} is under way.`,
    nextStep: 'Wait until it has ended and try again.',
    retryable: true,
  });
}

export function invalidSplit(problem: string): DomainError {
  return new DomainError({
    code: 'TRAFFIC_SPLIT_INVALID',
    message: problem,
    nextStep: 'Correct the shares.',
  });
}

export function unknownOperation(name: string): DomainError {
  return new DomainError({
    code: 'OPERATION_NOT_FOUND',
    message: `The platform knows no operation ${name}.`,
    nextStep: 'Look at the service to see how the change ended.',
  });
}

export function unreachable(reason: string): DomainError {
  return new DomainError({
    code: 'TARGET_UNREACHABLE',
    message: reason,
    nextStep: 'Start the platform and try again.',
    retryable: true,
  });
}

export function changedMeanwhile(service: string): DomainError {
  return new DomainError({
    code: 'CONFLICT',
    message: `Someone else changed ${service} at the same time.`,
    nextStep: 'Look at the service as it is now and try again.',
  });
}

export function serviceNotFound(service: string): DomainError {
  return new DomainError({
    code: 'SERVICE_NOT_FOUND',
    message: `There is no service ${service} on this target.`,
    nextStep: 'Deploy it first.',
  });
}

export function tookTooLong(operation: string): DomainError {
  return new DomainError({
    code: 'TIMEOUT',
    message: `${operation} did not end in time.`,
    nextStep: 'Look at the service; the platform may still be working on it.',
  });
}
