import type { ReactElement } from 'react';
import { Kbd } from '../ui/kbd.tsx';
import { BrandMark } from './brand-mark.tsx';
import { NavLink } from '../ui/nav-link.tsx';
import { OperationChip } from './operation-chip.tsx';
import { StackPill } from './stack-pill.tsx';
import { TargetSwitcher } from './target-switcher.tsx';
import { MOD_KEY } from './use-shortcuts.ts';

interface TopbarProps {
  readonly onPalette: () => void;
}

/** Identity: which target, how it does, what runs now, and the way to every command. */
export function Topbar({ onPalette }: TopbarProps): ReactElement {
  return (
    <header className="topbar">
      <NavLink path="/" className="brand" title="Omni Console">
        <BrandMark />
        <span>Omni Console</span>
      </NavLink>
      <TargetSwitcher />
      <StackPill />
      <span className="grow" />
      <OperationChip />
      <button type="button" className="palette-button" onClick={onPalette}>
        <span className="grow clip">Search or run a command</span>
        <Kbd>{MOD_KEY} K</Kbd>
      </button>
    </header>
  );
}
