import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { showToast } from '../../ui/toast-store.ts';
import { copySecret } from './secret-clipboard.ts';
import type { SecretCopy } from './secret-clipboard.ts';
import type { CreatedKey } from './use-keys.ts';

/** A secret that nobody looks at any more is taken off the screen. */
const SHOWN_SECONDS = 30;

interface RevealOnceProps {
  readonly created: CreatedKey;
  readonly onClose: () => void;
}

/** Counts down to zero, one step a second. */
function useSecondsLeft(seconds: number): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const timer = setInterval(() => {
      setLeft((before) => Math.max(0, before - 1));
    }, 1_000);
    return () => {
      clearInterval(timer);
    };
  }, []);
  return left;
}

/** What the operator has to know: nothing is promised that the page may not do. */
function statusOf(copied: SecretCopy | null): string {
  if (copied === null) return 'The gateway stores only a digest: nobody can show it again.';
  return copied.isCleared
    ? 'Copied. After a minute the clipboard is emptied, if it still holds the key and this window has the focus.'
    : 'Copied. Empty the clipboard when you are done: the console may not do it for you.';
}

function SecretLine({ secret }: { readonly secret: string }): ReactElement {
  const [copied, setCopied] = useState<SecretCopy | null>(null);
  const isCopied = copied !== null;
  const copy = (): void => {
    copySecret(navigator.clipboard, navigator.permissions, secret).then(setCopied, () =>
      showToast('bad', 'Copying was refused', 'Select the key and copy it by hand.'),
    );
  };
  return (
    <>
      <div className="secret">
        <code className="grow" aria-label="Secret key">
          {secret}
        </code>
        <Button
          data-autofocus
          icon={isCopied ? <Check aria-hidden className="copy-done" /> : <Copy aria-hidden />}
          onClick={copy}
        >
          {isCopied ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <p className="meta" role="status">
        {statusOf(copied)}
      </p>
    </>
  );
}

/** The only time the secret of a key is on screen. Closing it, or half a minute, forgets it. */
export function RevealOnceDialog({ created, onClose }: RevealOnceProps): ReactElement {
  const [secret, setSecret] = useState<string | null>(created.secret);
  const left = useSecondsLeft(SHOWN_SECONDS);
  if (left === 0 && secret !== null) setSecret(null);
  return (
    <Dialog
      title={`Copy ${created.key.name} now`}
      lead="This is the only time its secret is shown."
      size="normal"
      onClose={onClose}
      footer={
        <>
          {secret !== null && <span className="meta num">{`Hidden in ${String(left)} s`}</span>}
          <span className="grow" />
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      {secret === null ? (
        <p role="status">
          The secret is hidden now. If it wasn’t copied, revoke <b>{created.key.name}</b> and create
          another key.
        </p>
      ) : (
        <SecretLine secret={secret} />
      )}
    </Dialog>
  );
}
