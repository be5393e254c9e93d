import type { ReactElement } from 'react';
import type { TargetClass } from '../../../shared/domain/target.ts';
import { TextField } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import type { TargetForm, TargetFormErrors } from './target-form.ts';

const CLASSES: readonly { value: TargetClass; label: string }[] = [
  { value: 'dev', label: 'Dev' },
  { value: 'stage', label: 'Stage' },
  { value: 'prod', label: 'Prod' },
];

/** What a class brings with it; main enforces it. */
const CLASS_WORDS: Readonly<Record<TargetClass, string>> = {
  dev: 'A change is confirmed once and can be taken back for 5 s.',
  stage: 'A change is confirmed once and can be taken back for 5 s.',
  prod: 'A change needs the target’s name typed, and can be taken back for 5 s. Begins protected.',
};

const SOURCES: readonly { value: TargetForm['credentials']; label: string }[] = [
  { value: 'adc', label: 'gcloud’s sign-in' },
  { value: 'oauth', label: 'Own OAuth client' },
];

interface TargetFieldsProps {
  readonly form: TargetForm;
  readonly errors: TargetFormErrors;
  readonly onChange: (part: Partial<TargetForm>) => void;
}

/** Name, class, place and credentials of a target. */
export function TargetFields(props: TargetFieldsProps): ReactElement {
  const { form, errors, onChange } = props;
  return (
    <>
      <TextField
        label="Name"
        hint="Typed to confirm changes on production: short and unmistakable, like shop-prod."
        value={form.name}
        error={errors.name ?? null}
        data-autofocus
        onChange={(name) => onChange({ name })}
      />
      <div className="field">
        <span className="field-label">Class</span>
        <Segmented
          label="Class"
          segments={CLASSES}
          value={form.class}
          onChange={(next) => onChange({ class: next })}
        />
        <span className="field-hint">{CLASS_WORDS[form.class]}</span>
      </div>
      <TextField
        label="Project id"
        className="input mono"
        value={form.project}
        error={errors.project ?? null}
        onChange={(project) => onChange({ project })}
      />
      <TextField
        label="Region"
        className="input mono"
        value={form.region}
        error={errors.region ?? null}
        onChange={(region) => onChange({ region })}
      />
      <CredentialFields {...props} />
    </>
  );
}

function CredentialFields({ form, errors, onChange }: TargetFieldsProps): ReactElement {
  const isOwn = form.credentials === 'oauth';
  return (
    <>
      <div className="field target-form-wide">
        <span className="field-label">Credentials</span>
        <Segmented
          label="Credentials"
          segments={SOURCES}
          value={form.credentials}
          onChange={(credentials) => onChange({ credentials })}
        />
        <span className="field-hint">
          {isOwn
            ? 'Sign in with your browser; the file is the JSON of an OAuth client of the kind “desktop app”.'
            : 'Made by gcloud auth application-default login. The console reads it and keeps no copy.'}
        </span>
      </div>
      <TextField
        label={isOwn ? 'OAuth client file' : 'Credentials file (optional)'}
        className="input mono"
        placeholder={isOwn ? '/home/you/client.json' : 'gcloud’s own'}
        value={form.file}
        error={errors.file ?? null}
        onChange={(file) => onChange({ file })}
      />
      <TextField
        label="Act as service account (optional)"
        className="input mono"
        placeholder="omni-deployer@PROJECT.iam.gserviceaccount.com"
        value={form.impersonate}
        error={errors.impersonate ?? null}
        onChange={(impersonate) => onChange({ impersonate })}
      />
    </>
  );
}
