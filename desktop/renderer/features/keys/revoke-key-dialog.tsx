import { useState } from 'react';
import type { ReactElement } from 'react';
import type { ApiKey } from '../../../shared/domain/api-key.ts';
import { visibleKey } from '../../../shared/domain/api-key.ts';
import { offerTyped } from '../../api/confirmation-store.ts';
import { useNow } from '../../api/use-now.ts';
import { ConfirmFooter } from '../../ui/confirm-footer.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { InlineError } from '../../ui/error-state.tsx';
import { TextField } from '../../ui/field.tsx';
import { count } from '../../ui/format-number.ts';
import { ago } from '../../ui/format-time.ts';
import { showToast } from '../../ui/toast-store.ts';
import { spanWords } from './key-usage.ts';
import { useKeyUsage, useRevokeKey } from './use-keys.ts';

interface RevokeKeyDialogProps {
  readonly apiKey: ApiKey;
  readonly onClose: () => void;
}

/** Who will notice: what the key did lately, as far as it was measured. */
function UsageWords({ apiKey }: { readonly apiKey: ApiKey }): ReactElement {
  const hour = useKeyUsage().hourOf(apiKey.id);
  const now = useNow();
  const last = apiKey.lastUsedAt === null ? 'never' : ago(Date.parse(apiKey.lastUsedAt), now);
  if (hour === null) return <p>How much it is used is not measured yet. Last used: {last}.</p>;
  const span = spanWords(hour);
  if (hour.total === 0) {
    return (
      <p>
        No request used it {span}. Last used: {last}.
      </p>
    );
  }
  return (
    <p>
      <b className="num">{`${count(hour.total)} requests`}</b> used it {span}. Last used: {last}.
    </p>
  );
}

interface RevokeFieldsProps {
  readonly name: string;
  readonly typed: string;
  readonly reason: string;
  readonly onTyped: (typed: string) => void;
  readonly onReason: (reason: string) => void;
}

function RevokeFields(props: RevokeFieldsProps): ReactElement {
  const { name, typed, reason, onTyped, onReason } = props;
  return (
    <>
      <TextField
        label={
          <>
            Type <b>{name}</b> to confirm
          </>
        }
        value={typed}
        onChange={onTyped}
      />
      <TextField
        label="Reason"
        hint="Kept with the key and in the audit log."
        maxLength={200}
        value={reason}
        onChange={onReason}
      />
    </>
  );
}

/** Asks before a key is refused for good: consequence, its name to type, a reason. */
export function RevokeKeyDialog({ apiKey, onClose }: RevokeKeyDialogProps): ReactElement {
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const revoke = useRevokeKey();
  // Also between success and the closing of the dialog.
  const isUnderWay = revoke.isPending || revoke.isSuccess;
  const confirm = (): void => {
    if (isUnderWay) return;
    // Main asks for the name too; it was typed here.
    const takeBack = offerTyped(typed);
    revoke.mutate(
      { id: apiKey.id, reason: reason.trim() },
      {
        onSettled: takeBack,
        onSuccess: () => {
          showToast('ok', `${apiKey.name} is revoked`, 'Every gateway instance refuses it.');
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      title={`Revoke ${apiKey.name}?`}
      lead={
        <>
          <span className="mono">{visibleKey(apiKey)}</span> · Clients that still send it get 401
          within a second. This can’t be undone.
        </>
      }
      size="narrow"
      onClose={onClose}
      footer={
        <ConfirmFooter
          danger
          confirm={`Revoke ${apiKey.name}`}
          cancel={`Keep ${apiKey.name}`}
          busy={isUnderWay}
          refusal={typed === apiKey.name ? null : 'Type the name of the key first.'}
          onConfirm={confirm}
          onCancel={onClose}
        />
      }
    >
      <UsageWords apiKey={apiKey} />
      <RevokeFields
        name={apiKey.name}
        typed={typed}
        reason={reason}
        onTyped={setTyped}
        onReason={setReason}
      />
      {revoke.isError && <InlineError error={revoke.error} />}
    </Dialog>
  );
}
