import { z } from 'zod';
import { LOCAL_SECRETS } from '@omni/contracts/local-cloud.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { StackSecrets } from '../../ports/stack-secrets.ts';
import { GoogleHttpError } from '../cloud-run/google-error.ts';
import type { GoogleHttp } from '../cloud-run/google-http.ts';

const version = z.object({ payload: z.object({ data: z.string() }) });

/**
 * The stack's secrets in Google's Secret Manager, under the names that the stack's templates refer
 * to. Read when they are needed and never kept.
 */
export class SecretManagerSecrets implements StackSecrets {
  readonly #http: GoogleHttp;
  readonly #project: string;

  constructor(http: GoogleHttp, project: string) {
    this.#http = http;
    this.#project = project;
  }

  gatewayAdminToken(): Promise<string> {
    return this.#read(LOCAL_SECRETS.gatewayAdminToken);
  }

  sampleTrafficKey(): Promise<string> {
    return this.#read(LOCAL_SECRETS.sampleTrafficKey);
  }

  async #read(name: string): Promise<string> {
    const path = `projects/${this.#project}/secrets/${name}/versions/latest:access`;
    const { payload } = await this.#http
      .get(`${this.#http.apis.secretManager}/v1/${path}`, version)
      .catch((error: unknown) => {
        throw error instanceof DomainError ? error : unreadable(name, error);
      });
    return Buffer.from(payload.data, 'base64').toString('utf8').trim();
  }
}

/** Google's own refusal stays one; everything else may be another time. */
function unreadable(name: string, cause: unknown): DomainError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new DomainError({
    code: 'KEY_STORE_UNAVAILABLE',
    message: `The secret ${name} can’t be read from Secret Manager: ${why}.`,
    nextStep: `Create it, and grant yourself roles/secretmanager.secretAccessor on ${name}.`,
    retryable: !(cause instanceof GoogleHttpError),
    cause,
  });
}
