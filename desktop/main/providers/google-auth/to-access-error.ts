import { z } from 'zod';
import { DomainError } from '../../ports/domain-error.ts';
import { AccessError, ADC_LOGIN } from './access-errors.ts';

/** How a failed request was about: whose token, and as whom. */
export interface TokenSubject {
  readonly kind: 'adc' | 'oauth';
  readonly impersonate: string | null;
  readonly project: string;
}

const answer = z.object({
  response: z.object({
    status: z.number(),
    data: z
      .object({
        error: z.union([z.string(), z.object({ message: z.string().optional() })]),
        error_description: z.string().optional(),
      })
      .optional()
      .catch(undefined),
  }),
});
const network = z.object({ code: z.string().optional(), cause: z.unknown().optional() });

/**
 * What asking for a token ended with -> the operator's words. The library's error is not kept as the
 * cause: it carries the request, and with it the refresh token.
 */
export function toAccessError(error: unknown, subject: TokenSubject): DomainError {
  if (error instanceof DomainError) return error;
  const { data, success } = answer.safeParse(error);
  if (!success) return unreachable(networkCode(error));
  const { status, data: body } = data.response;
  if (body?.error === 'invalid_grant') return expired(body.error_description, subject);
  if (subject.impersonate !== null && typeof body?.error !== 'string') {
    return notImpersonated(status, wordsOf(body), { ...subject, impersonate: subject.impersonate });
  }
  return status >= 500 ? unreachable(`HTTP ${String(status)}`) : refused(status, wordsOf(body));
}

type Body = z.infer<typeof answer>['response']['data'];

function wordsOf(body: Body): string {
  if (body === undefined) return 'no reason given';
  const { error } = body;
  if (typeof error !== 'string') return error.message ?? 'no reason given';
  return body.error_description ?? error;
}

function expired(why: string | undefined, { kind }: TokenSubject): AccessError {
  const own = kind === 'oauth';
  return new AccessError(
    {
      code: 'CREDENTIALS_EXPIRED',
      message: `Google no longer accepts this sign-in${why === undefined ? '' : `: ${why}`}.`,
      nextStep: own ? 'Sign in again at the target in Settings.' : 'Sign in again with gcloud.',
    },
    own ? null : ADC_LOGIN,
  );
}

function notImpersonated(
  status: number,
  why: string,
  { impersonate, project }: TokenSubject & { readonly impersonate: string },
): AccessError {
  return new AccessError(
    {
      code: 'PERMISSION_DENIED',
      message: `Google gives no token for ${impersonate} (HTTP ${String(status)}): ${why}`,
      nextStep:
        'Grant yourself roles/iam.serviceAccountTokenCreator on it and enable the IAM Credentials API.',
    },
    `gcloud iam service-accounts add-iam-policy-binding ${impersonate} --project=${project} ` +
      '--member=user:YOUR_EMAIL --role=roles/iam.serviceAccountTokenCreator',
  );
}

function refused(status: number, why: string): AccessError {
  return new AccessError({
    code: 'CREDENTIALS_INVALID',
    message: `Google refused these credentials (HTTP ${String(status)}): ${why}`,
    nextStep: 'Check the file that the target names, or sign in again.',
  });
}

function unreachable(why: string): AccessError {
  return new AccessError({
    code: 'TARGET_UNREACHABLE',
    message: `Google’s sign-in service doesn’t answer (${why}).`,
    nextStep: 'Check the network and the proxy; the console tries again at the next call.',
    retryable: true,
  });
}

function networkCode(error: unknown): string {
  const { data } = network.safeParse(error);
  if (data?.code !== undefined) return data.code;
  return data?.cause === undefined ? 'no answer' : networkCode(data.cause);
}
