import { useId, useState } from 'react';
import type { SyntheticEvent, ReactElement } from 'react';
import type { CreateKeyInput } from '../../../shared/contract/keys.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { InlineError } from '../../ui/error-state.tsx';
import { KeyFields } from './key-fields.tsx';
import { checkKeyForm, EMPTY_KEY_FORM } from './key-form.ts';
import type { KeyForm, KeyFormErrors } from './key-form.ts';
import { RevealOnceDialog } from './reveal-once.tsx';
import { useCreateKey } from './use-keys.ts';
import type { CreatedKey } from './use-keys.ts';

/** Why the dialog can't be left during the call: nobody would ever see the secret. */
const BEING_MADE = 'The key is being made; its secret is shown next.';

interface CreateKeyDialogProps {
  readonly onClose: () => void;
}

/** Asks for a new key, then shows its secret once. */
export function CreateKeyDialog({ onClose }: CreateKeyDialogProps): ReactElement {
  const [created, setCreated] = useState<CreatedKey | null>(null);
  if (created !== null) return <RevealOnceDialog created={created} onClose={onClose} />;
  return <KeyFormDialog onClose={onClose} onCreated={setCreated} />;
}

interface KeyFormDialogProps extends CreateKeyDialogProps {
  readonly onCreated: (created: CreatedKey) => void;
}

function KeyFormDialog({ onClose, onCreated }: KeyFormDialogProps): ReactElement {
  const [form, setForm] = useState<KeyForm>(EMPTY_KEY_FORM);
  const [errors, setErrors] = useState<KeyFormErrors>({});
  const { running, error, create } = useCreateKey();
  const formId = useId();

  const change = (part: Partial<KeyForm>): void => {
    setForm({ ...form, ...part });
    // What is being corrected isn't complained about any more.
    setErrors(Object.fromEntries(Object.entries(errors).filter(([field]) => !(field in part))));
  };
  const check = async (): Promise<CreateKeyInput | null> => {
    const checked = await checkKeyForm(form, Date.now());
    if ('input' in checked) return checked.input;
    setErrors(checked.errors);
    return null;
  };
  const submit = async (): Promise<void> => {
    const created = await create(check);
    if (created !== null) onCreated(created);
  };
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault();
    submit().catch(reportError);
  };

  return (
    <Dialog
      title="Create a key"
      size="narrow"
      lead="The gateway lets in whoever sends it. The secret is shown once, after this step."
      locked={running}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button refusal={running ? BEING_MADE : null} onClick={onClose}>
            Cancel
          </Button>
          <Button kind="primary" type="submit" form={formId} busy={running}>
            Create key
          </Button>
        </>
      }
    >
      <form id={formId} className="key-form" onSubmit={onSubmit} noValidate>
        <KeyFields form={form} errors={errors} onChange={change} />
        {error !== null && <InlineError error={error} />}
      </form>
    </Dialog>
  );
}
