import { describe, expect, it } from 'vitest';
import { DomainError } from '../../ports/domain-error.ts';
import { GoogleHttpError } from './google-error.ts';
import type { CallSubject } from './to-domain-error.ts';
import { toDomainError } from './to-domain-error.ts';

const subject: CallSubject = {
  platform: 'the local cloud',
  project: 'p',
  service: 'gateway',
  missing: 'SERVICE_NOT_FOUND',
};
const grpc = (code: number, details: string): Error =>
  Object.assign(new Error(`${String(code)} NAME: ${details}`), { code, details });

describe('toDomainError', () => {
  it.each([
    [1, 'CANCELLED', false],
    [3, 'INVALID_INPUT', false],
    [4, 'TIMEOUT', true],
    [5, 'SERVICE_NOT_FOUND', false],
    [6, 'CONFLICT', false],
    [7, 'PERMISSION_DENIED', false],
    [8, 'TARGET_UNREACHABLE', true],
    [9, 'CONFLICT', false],
    [10, 'CONFLICT', false],
    [12, 'UNSUPPORTED', false],
    [13, 'INTERNAL', false],
    [14, 'TARGET_UNREACHABLE', true],
    [16, 'PERMISSION_DENIED', false],
    [99, 'INTERNAL', false],
  ])('gRPC %i becomes %s', (code, expected, retryable) => {
    expect(toDomainError(grpc(code, 'why'), subject)).toMatchObject({ code: expected, retryable });
  });

  it('says who did not answer and why', () => {
    const error = toDomainError(grpc(14, 'connect ECONNREFUSED 127.0.0.1:1'), subject);
    expect(error.message).toBe('The local cloud doesn’t answer: connect ECONNREFUSED 127.0.0.1:1');
  });

  it('tells an operation that is gone from a service that is gone', () => {
    const gone = toDomainError(grpc(5, ''), { ...subject, missing: 'OPERATION_NOT_FOUND' });
    expect(gone).toMatchObject({ code: 'OPERATION_NOT_FOUND' });
    expect(toDomainError(grpc(5, ''), subject).message).toContain('no service gateway');
  });

  it('leaves the number and name of the code to the machine', () => {
    const plain = Object.assign(new Error('10 ABORTED: etag mismatch'), { code: 10 });
    expect(toDomainError(plain, subject).message).toBe(
      'The change of gateway was refused: etag mismatch',
    );
  });

  it.each(['Bearer abcdef123', 'token=abcdef123', 'authorization: abcdef123'])(
    'never repeats a credential: %s',
    (text) => {
      expect(toDomainError(grpc(3, `bad ${text} here`), subject).message).not.toContain('abcdef');
    },
  );

  it('takes whatever is thrown, and leaves a DomainError alone', () => {
    expect(toDomainError('just text', subject)).toMatchObject({
      code: 'INTERNAL',
      message: 'just text',
    });
    const own = new DomainError({ code: 'CONFLICT', message: 'm', nextStep: 'n' });
    expect(toDomainError(own, subject)).toBe(own);
  });

  it.each([
    ['in the words', grpc(7, "Permission 'run.services.update' denied on resource 'x'.")],
    [
      'in its details',
      Object.assign(grpc(7, 'denied'), {
        errorInfoMetadata: { permission: 'run.services.update' },
      }),
    ],
    [
      'as JSON',
      new GoogleHttpError(403, {
        error: {
          code: 403,
          message: 'denied',
          details: [{ reason: 'X', metadata: { permission: 'run.services.update' } }],
        },
      }),
    ],
  ])('of a missing permission (%s) has the command that grants its role', (_, error) => {
    expect(toDomainError(error, subject)).toMatchObject({
      code: 'PERMISSION_DENIED',
      nextStep:
        'Have roles/run.developer granted: gcloud projects add-iam-policy-binding p --member=user:YOUR_ACCOUNT --role=roles/run.developer',
    });
  });

  it('of an API that is off has the command that enables it', () => {
    const metadata = { service: 'run.googleapis.com' };
    const off = { reason: 'SERVICE_DISABLED', errorInfoMetadata: metadata };
    expect(toDomainError(Object.assign(grpc(7, 'disabled'), off), subject).nextStep).toBe(
      'Enable it: gcloud services enable run.googleapis.com --project=p',
    );
  });

  it('names every field that was refused', () => {
    const statusDetails = [
      { fieldViolations: [{ field: 'env[0].name', description: 'is empty' }] },
    ];
    const error = Object.assign(grpc(3, 'invalid'), { statusDetails });
    expect(toDomainError(error, subject).message).toBe('invalid · env[0].name: is empty');
  });

  it.each([
    [400, 'INVALID_INPUT'],
    [401, 'PERMISSION_DENIED'],
    [403, 'PERMISSION_DENIED'],
    [404, 'SERVICE_NOT_FOUND'],
    [409, 'CONFLICT'],
    [412, 'CONFLICT'],
    [429, 'TARGET_UNREACHABLE'],
    [500, 'TARGET_UNREACHABLE'],
    [503, 'TARGET_UNREACHABLE'],
    [504, 'TIMEOUT'],
    [302, 'INTERNAL'],
  ])('HTTP %i becomes %s', (status, code) => {
    expect(toDomainError(new GoogleHttpError(status, undefined), subject)).toMatchObject({ code });
  });

  it.each([
    'ya29.a0AfB_planted-token',
    'Bearer planted-token-value',
    'client_secret: planted-secret-value',
    'my own planted value',
  ])('never repeats a planted secret: %s', (planted) => {
    const hidden = ['my own planted value'];
    const { message, nextStep } = toDomainError(grpc(3, `bad ${planted} here`), {
      ...subject,
      hidden,
    });
    expect(`${message} ${nextStep}`).not.toContain('planted');
  });
});
