/** Where the value of a variable is kept. The value itself is never here. */
export interface SecretReference {
  readonly secret: string;
  /** `latest` is read anew by every instance that starts; a number stays what it is. */
  readonly version: string;
}

/** A secret of the project, or one of another project by its whole name. */
export const SECRET_NAME = /^(?:projects\/[a-z0-9-]+\/secrets\/)?[A-Za-z0-9_-]{1,255}$/;
export const SECRET_NAME_RULE = 'A secret’s name: letters, digits, _ and -.';

export const SECRET_VERSION = /^(?:latest|[1-9]\d{0,8})$/;
export const SECRET_VERSION_RULE = 'A version is latest or a number.';

/** What is wrong with a reference, in one sentence, or null. */
export function referenceProblem({ secret, version }: SecretReference): string | null {
  if (secret === '') return 'Name the secret that holds the value.';
  if (!SECRET_NAME.test(secret)) return SECRET_NAME_RULE;
  return SECRET_VERSION.test(version) ? null : SECRET_VERSION_RULE;
}
