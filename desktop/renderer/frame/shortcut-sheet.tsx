import type { ReactElement, ReactNode } from 'react';
import { SCREENS } from '../routes.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Pairs } from '../ui/figure.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { MOD_KEY } from './use-shortcuts.ts';

interface Shortcut {
  readonly label: string;
  readonly value: ReactNode;
}

const GENERAL: readonly Shortcut[] = [
  { label: 'Command palette', value: <Kbd>{`${MOD_KEY} K`}</Kbd> },
  { label: 'Search on this screen', value: <Kbd>/</Kbd> },
  { label: 'This sheet', value: <Kbd>?</Kbd> },
  { label: 'Close a dialog', value: <Kbd>Esc</Kbd> },
  { label: 'Move in tables and choices', value: <Kbd>↑ ↓ Home End</Kbd> },
  { label: 'Open a row', value: <Kbd>Enter</Kbd> },
];

/** All shortcuts on one sheet. */
export function ShortcutSheet({ onClose }: { readonly onClose: () => void }): ReactElement {
  const screens = SCREENS.map(({ title, letter }) => ({
    label: `Go to ${title}`,
    value: (
      <span className="row">
        <Kbd>g</Kbd> <Kbd>{letter}</Kbd>
      </span>
    ),
  }));
  return (
    <Dialog
      title="Keyboard shortcuts"
      size="narrow"
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button data-autofocus onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <div className="shortcut-columns">
        <Pairs pairs={screens} />
        <Pairs pairs={GENERAL} />
      </div>
    </Dialog>
  );
}
