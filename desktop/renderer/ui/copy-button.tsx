import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';
import { Button } from './button.tsx';
import { showToast } from './toast-store.ts';

const CONFIRMED_MS = 1_500;

interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
  /** Icon alone; the label is then its name. */
  readonly iconOnly?: boolean;
  readonly kind?: 'secondary' | 'ghost';
  readonly small?: boolean;
}

/** Copies text and says so in its own place. */
export function CopyButton(props: CopyButtonProps): ReactElement {
  const { text, label, iconOnly = false, kind = 'ghost', small = true } = props;
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => {
      setCopied(false);
    }, CONFIRMED_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [isCopied]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => {
        setCopied(true);
      },
      () => {
        showToast('bad', 'Copying was refused', 'Select the text and copy it by hand.');
      },
    );
  };
  const icon = isCopied ? <Check aria-hidden className="copy-done" /> : <Copy aria-hidden />;
  const name = isCopied ? 'Copied' : label;
  return iconOnly ? (
    <Button kind={kind} small={small} icon={icon} aria-label={name} title={name} onClick={copy} />
  ) : (
    <Button kind={kind} small={small} icon={icon} onClick={copy} aria-live="polite">
      {name}
    </Button>
  );
}
