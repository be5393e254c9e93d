import type { ReactElement } from 'react';
import { SelectField, TextField } from '../../ui/field.tsx';
import { EXPIRY_PRESETS } from './key-form.ts';
import type { KeyForm, KeyFormErrors } from './key-form.ts';

const EXPIRY_OPTIONS = EXPIRY_PRESETS.map(({ id, label }) => ({ value: id, label }));

interface KeyFieldsProps {
  readonly form: KeyForm;
  readonly errors: KeyFormErrors;
  readonly onChange: (part: Partial<KeyForm>) => void;
}

/** Name, environment, limit and end of a new key. */
export function KeyFields({ form, errors, onChange }: KeyFieldsProps): ReactElement {
  return (
    <>
      <TextField
        label="Name"
        value={form.name}
        error={errors.name ?? null}
        hint="Who sends it: an app, a partner, a job."
        data-autofocus
        onChange={(name) => onChange({ name })}
      />
      <div className="key-form-pair">
        <TextField
          label="Environment"
          value={form.environment}
          error={errors.environment ?? null}
          hint="Part of the visible prefix."
          onChange={(environment) => onChange({ environment })}
        />
        <TextField
          label="Requests per minute"
          inputMode="numeric"
          placeholder="no limit"
          value={form.limit}
          error={errors.limit ?? null}
          hint="Empty means no limit."
          onChange={(limit) => onChange({ limit })}
        />
      </div>
      <SelectField
        label="Expires after"
        value={form.expiry}
        options={EXPIRY_OPTIONS}
        hint={
          form.expiry === 'never'
            ? 'It lets its clients in until somebody revokes it.'
            : 'Its clients get 401 from then on.'
        }
        onChange={(expiry) => onChange({ expiry })}
      />
    </>
  );
}
