import { Check, ChevronDown } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import type { KeyboardEvent, ReactElement, ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface MenuItem {
  readonly id: string;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly isChecked?: boolean;
  /** Why it can't be chosen now. */
  readonly refusal?: string | null;
  readonly onChoose: () => void;
}

interface MenuProps {
  /** Content of the button that opens it. */
  readonly trigger: ReactNode;
  readonly label?: string;
  readonly triggerClass?: string;
  readonly items: readonly MenuItem[];
  readonly align?: 'start' | 'end';
}

function itemsOf(menu: HTMLElement | null): readonly HTMLElement[] {
  return menu === null ? [] : [...menu.querySelectorAll<HTMLElement>('.menu-item')];
}

function moveFocus(menu: HTMLElement | null, key: string): boolean {
  const items = itemsOf(menu);
  const at = items.findIndex((item) => item === document.activeElement);
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  };
  const target = targets[key];
  if (target === undefined) return false;
  items[target]?.focus();
  return true;
}

/** Calls `close` on a press outside of the element. */
function useOutsidePress(element: HTMLElement | null, close: () => void): void {
  useEffect(() => {
    if (element === null) return;
    const onPress = (event: PointerEvent): void => {
      if (event.target instanceof Node && !element.contains(event.target)) close();
    };
    document.addEventListener('pointerdown', onPress, true);
    return () => {
      document.removeEventListener('pointerdown', onPress, true);
    };
  }, [element, close]);
}

interface MenuListProps extends Pick<MenuProps, 'items' | 'align'> {
  readonly id: string;
  readonly onClose: () => void;
}

function MenuList({ id, items, align, onClose }: MenuListProps): ReactElement {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const all = itemsOf(ref.current);
    (all.find((item) => item.ariaChecked === 'true') ?? all[0])?.focus();
  }, []);
  const isChoice = items.some((item) => item.isChecked !== undefined);
  return (
    <div
      ref={ref}
      id={id}
      role="menu"
      className={classNames('menu', align === 'end' && 'menu-end')}
      onKeyDown={(event) => {
        if (moveFocus(ref.current, event.key)) event.preventDefault();
      }}
    >
      {items.map((item) => (
        <button
          key={item.id}
          type="button"
          className="menu-item"
          role={isChoice ? 'menuitemradio' : 'menuitem'}
          aria-checked={isChoice ? item.isChecked === true : undefined}
          title={item.refusal ?? undefined}
          disabled={item.refusal !== undefined && item.refusal !== null}
          onClick={() => {
            onClose();
            item.onChoose();
          }}
        >
          {isChoice && (
            <span className="menu-mark">{item.isChecked === true && <Check aria-hidden />}</span>
          )}
          {item.label}
          {item.hint !== undefined && <span className="menu-hint">{item.hint}</span>}
        </button>
      ))}
    </div>
  );
}

/** A button with a menu under it: arrows, Home, End, Escape; focus returns to the button. */
export function Menu(props: MenuProps): ReactElement {
  const { trigger, label, triggerClass = 'chip', items, align = 'start' } = props;
  const [isOpen, setOpen] = useState(false);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [close] = useState(() => () => {
    setOpen(false);
  });
  const id = useId();
  useOutsidePress(isOpen ? anchor : null, close);
  const closeToButton = (): void => {
    setOpen(false);
    anchor?.querySelector('button')?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && isOpen) {
      event.stopPropagation();
      closeToButton();
    } else if (event.key === 'Tab') setOpen(false);
    else if (event.key === 'ArrowDown' && !isOpen) setOpen(true);
  };
  return (
    <div className="menu-anchor" ref={setAnchor} onKeyDown={onKeyDown}>
      <button
        type="button"
        className={triggerClass}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-label={label}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        {trigger}
        <ChevronDown aria-hidden />
      </button>
      {isOpen && <MenuList id={id} items={items} align={align} onClose={closeToButton} />}
    </div>
  );
}

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

interface ChoiceChipProps<Value extends string> {
  /** What is chosen: `Service`. */
  readonly label: string;
  readonly choices: readonly Choice<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  /** For names that machines made. */
  readonly isMono?: boolean;
}

/** A filter: its name in grey, its value, a menu of values. */
export function ChoiceChip<Value extends string>(props: ChoiceChipProps<Value>): ReactElement {
  const { label, choices, value, onChange, isMono = false } = props;
  const chosen = choices.find((choice) => choice.value === value);
  const shown = chosen?.label ?? value;
  return (
    <Menu
      label={`${label}: ${shown}`}
      trigger={
        <>
          <em>{label}</em>
          <span className={classNames('clip', isMono && chosen?.value === shown && 'mono')}>
            {shown}
          </span>
        </>
      }
      items={choices.map((choice) => ({
        id: choice.value,
        label: choice.label,
        isChecked: choice.value === value,
        onChoose: () => {
          onChange(choice.value);
        },
      }))}
    />
  );
}
