import type { TargetDetails } from '../../../shared/contract/targets.ts';
import type { Target, TargetClass } from '../../../shared/domain/target.ts';

/** The form as it is typed: text where people type text. */
export interface TargetForm {
  readonly name: string;
  readonly class: TargetClass;
  readonly project: string;
  readonly region: string;
  readonly credentials: 'adc' | 'oauth';
  /** E-mail address of a service account; empty acts as oneself. */
  readonly impersonate: string;
  /** Credentials file, or the file of the OAuth client; empty is gcloud's own file. */
  readonly file: string;
}
export type TargetFormErrors = Partial<Record<keyof TargetForm, string>>;

export const EMPTY_TARGET_FORM: TargetForm = {
  name: '',
  class: 'dev',
  project: '',
  region: 'europe-west1',
  credentials: 'adc',
  impersonate: '',
  file: '',
};

/** A target as its form shows it. */
export function formOf(target: Target): TargetForm {
  const { credentials } = target;
  const named = credentials.kind === 'none' ? EMPTY_TARGET_FORM : formOfCredentials(credentials);
  return {
    name: target.name,
    class: target.class,
    project: target.project ?? '',
    region: target.region ?? '',
    credentials: named.credentials,
    impersonate: named.impersonate,
    file: named.file,
  };
}

function formOfCredentials(
  credentials: TargetDetails['credentials'],
): Pick<TargetForm, 'credentials' | 'impersonate' | 'file'> {
  const file = credentials.kind === 'adc' ? credentials.file : credentials.clientFile;
  return {
    credentials: credentials.kind,
    impersonate: credentials.impersonate ?? '',
    file: file ?? '',
  };
}

/** What the contract is asked for; still to be parsed by its schema. */
export function toTargetDetails(form: TargetForm): TargetDetails {
  const impersonate = orNull(form.impersonate);
  return {
    name: form.name.trim(),
    class: form.class,
    project: form.project.trim(),
    region: form.region.trim(),
    credentials:
      form.credentials === 'adc'
        ? { kind: 'adc', impersonate, file: orNull(form.file) }
        : { kind: 'oauth', impersonate, clientFile: form.file.trim() },
  };
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

/** What the form needs to know of a schema's complaint. */
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

const FIELDS: readonly (keyof TargetForm)[] = ['name', 'project', 'region', 'impersonate', 'file'];

/** The first complaint per field of the form. */
export function toFormErrors(issues: readonly Issue[]): TargetFormErrors {
  const errors: TargetFormErrors = {};
  for (const { path, message } of issues) {
    const last = path.at(-1);
    const field = last === 'clientFile' ? 'file' : FIELDS.find((known) => known === last);
    if (field !== undefined) errors[field] ??= message;
  }
  return errors;
}

/**
 * Checks the form with the schema that main parses the call with. The schema, and zod with it, is
 * loaded when somebody saves a target, not when the console starts.
 */
export async function checkTargetForm(
  form: TargetForm,
): Promise<{ readonly details: TargetDetails } | { readonly errors: TargetFormErrors }> {
  const { targetDetails } = await import('../../../shared/contract/targets.ts');
  const parsed = targetDetails.safeParse(toTargetDetails(form));
  return parsed.success ? { details: parsed.data } : { errors: toFormErrors(parsed.error.issues) };
}
