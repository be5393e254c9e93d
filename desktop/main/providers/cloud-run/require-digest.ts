import { DomainError } from '../../ports/domain-error.ts';

/** A tag can be moved under a running service: only a digest says what will run (R15). */
export function requireDigest(image: string): void {
  if (/@sha256:[0-9a-f]+$/.test(image)) return;
  throw new DomainError({
    code: 'INVALID_INPUT',
    message: `${image} names no digest, so what it runs could change.`,
    nextStep: 'Deploy the image by its digest (NAME@sha256:...).',
  });
}
