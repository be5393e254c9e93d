import { useId, useState } from 'react';
import type { ReactElement, SyntheticEvent } from 'react';
import type { Target } from '../../../shared/domain/target.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { InlineError } from '../../ui/error-state.tsx';
import { TargetMarkProvider } from '../../ui/target-mark.tsx';
import { TargetFields } from './target-fields.tsx';
import { checkTargetForm, EMPTY_TARGET_FORM, formOf } from './target-form.ts';
import type { TargetForm, TargetFormErrors } from './target-form.ts';
import { useSaveTarget } from './use-targets.ts';

interface TargetDialogProps {
  /** null adds one. */
  readonly target: Target | null;
  readonly onClose: () => void;
}

/** Adds a Cloud Run target or changes one. Nothing is asked of Google by this. */
export function TargetDialog({ target, onClose }: TargetDialogProps): ReactElement {
  const [form, setForm] = useState<TargetForm>(
    target === null ? EMPTY_TARGET_FORM : formOf(target),
  );
  const [errors, setErrors] = useState<TargetFormErrors>({});
  const save = useSaveTarget(target?.id ?? null);
  const formId = useId();
  const change = (part: Partial<TargetForm>): void => {
    setForm({ ...form, ...part });
    // What is being corrected isn't complained about any more.
    setErrors(Object.fromEntries(Object.entries(errors).filter(([field]) => !(field in part))));
  };
  const submit = async (): Promise<void> => {
    const checked = await checkTargetForm(form);
    if ('errors' in checked) setErrors(checked.errors);
    else save.mutate(checked.details, { onSuccess: onClose });
  };
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (!save.isPending) submit().catch(reportError);
  };
  const mark = {
    name: form.name.trim() || 'new target',
    class: form.class,
    mode: 'normal',
  } as const;
  return (
    <TargetMarkProvider value={mark}>
      <Dialog
        title={target === null ? 'Add a Cloud Run target' : `Change ${target.name}`}
        lead="A Google project and region to deploy to. Nothing is changed there by this."
        onClose={onClose}
        footer={
          <>
            <span className="grow" />
            <Button onClick={onClose}>Cancel</Button>
            <Button kind="primary" type="submit" form={formId} busy={save.isPending}>
              {target === null ? 'Add target' : 'Save target'}
            </Button>
          </>
        }
      >
        <form id={formId} className="target-form" onSubmit={onSubmit} noValidate>
          <TargetFields form={form} errors={errors} onChange={change} />
          {save.error !== null && <InlineError error={save.error} />}
        </form>
      </Dialog>
    </TargetMarkProvider>
  );
}
