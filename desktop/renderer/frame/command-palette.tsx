import { useEffect, useId, useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import { Kbd } from '../ui/kbd.tsx';
import { useCommands } from './commands.ts';
import { matchCommands } from './match-command.ts';
import type { Command } from './match-command.ts';

interface CommandPaletteProps {
  readonly onClose: () => void;
  readonly onShortcuts: () => void;
}

const STEP: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

interface CommandListProps {
  readonly id: string;
  readonly commands: readonly Command[];
  readonly at: number;
  readonly onPoint: (index: number) => void;
  readonly onRun: (command: Command) => void;
}

function CommandList(props: CommandListProps): ReactElement {
  const { id, commands, at, onPoint, onRun } = props;
  if (commands.length === 0) return <p className="palette-none">No command fits.</p>;
  return (
    <ul id={id} role="listbox" aria-label="Commands" className="palette-list">
      {commands.map((command, index) => (
        <li
          key={command.id}
          id={`${id}-${String(index)}`}
          role="option"
          aria-selected={index === at}
          ref={(row) => {
            if (index === at) row?.scrollIntoView({ block: 'nearest' });
          }}
          onPointerMove={() => {
            onPoint(index);
          }}
          onClick={() => {
            onRun(command);
          }}
        >
          <span className="palette-group">{command.group}</span>
          <span className="grow">{command.title}</span>
          {command.keys !== undefined && <Kbd>{command.keys}</Kbd>}
        </li>
      ))}
    </ul>
  );
}

/** mod+K: type to find a screen or an action, Enter runs it. Nothing here skips a confirmation. */
export function CommandPalette({ onClose, onShortcuts }: CommandPaletteProps): ReactElement {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const commands = matchCommands(useCommands(onShortcuts), typed);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  const run = (command: Command | undefined): void => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEP[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((at + step + commands.length) % Math.max(1, commands.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(commands[at]);
    }
  };
  return (
    <dialog
      ref={ref}
      className="dialog palette"
      aria-label="Command palette"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <input
        className="palette-input"
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={commands.length > 0 ? `${id}-${String(at)}` : undefined}
        aria-label="Search or run a command"
        placeholder="Search or run a command"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <CommandList id={id} commands={commands} at={at} onPoint={setAt} onRun={run} />
    </dialog>
  );
}
