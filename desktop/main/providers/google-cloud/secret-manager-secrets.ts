import { z } from 'zod';
import { LOCAL_SECRETS } from '@omni/contracts/local-cloud.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { StackSecrets } from '../../ports/stack-secrets.ts';
import type { GoogleCaller } from './google-rest.ts';
import { callGoogle, SECRET_MANAGER } from './google-rest.ts';

const version = z.object({ payload: z.object({ data: z.string() }) });

/**
 * The stack's secrets in Google's Secret Manager, under the names that the stack's templates refer
 * to. Read when they are needed and never kept.
 */
export class SecretManagerSecrets implements StackSecrets {
  readonly #caller: GoogleCaller;
  readonly #origin: string;

  constructor(caller: GoogleCaller, origin = SECRET_MANAGER) {
    this.#caller = caller;
    this.#origin = origin;
  }

  gatewayAdminToken(): Promise<string> {
    return this.#read(LOCAL_SECRETS.gatewayAdminToken);
  }

  sampleTrafficKey(): Promise<string> {
    return this.#read(LOCAL_SECRETS.sampleTrafficKey);
  }

  async #read(name: string): Promise<string> {
    const { project } = this.#caller;
    const path = `/v1/projects/${project}/secrets/${name}/versions/latest:access`;
    const response = await callGoogle(this.#caller, `${this.#origin}${path}`);
    if (response === null) throw unreadable(name, 'it doesn’t answer', true);
    if (!response.ok) throw unreadable(name, `HTTP ${String(response.status)}`, false);
    const { payload } = version.parse(await response.json());
    return Buffer.from(payload.data, 'base64').toString('utf8').trim();
  }
}

function unreadable(name: string, why: string, retryable: boolean): DomainError {
  return new DomainError({
    code: 'KEY_STORE_UNAVAILABLE',
    message: `The secret ${name} can’t be read from Secret Manager: ${why}.`,
    nextStep: `Create it, and grant yourself roles/secretmanager.secretAccessor on ${name}.`,
    retryable,
  });
}
