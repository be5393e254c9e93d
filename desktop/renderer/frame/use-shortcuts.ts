import { useEffect, useRef } from 'react';
import { SCREENS } from '../routes.tsx';
import { useGo } from '../ui/use-go.ts';

/** How long `g` waits for its letter. */
const SEQUENCE_MS = 1_200;

const isMac = /mac/i.test(navigator.userAgent);

/** The name of the modifier on this system. */
export const MOD_KEY = isMac ? '⌘' : 'Ctrl';

interface ShortcutActions {
  readonly onPalette: () => void;
  readonly onSheet: () => void;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
  );
}

function isMod(event: KeyboardEvent): boolean {
  return isMac ? event.metaKey : event.ctrlKey;
}

function hasDialog(): boolean {
  return document.querySelector('dialog[open]') !== null;
}

function focusSearch(): boolean {
  const search = document.querySelector<HTMLElement>('[data-search]');
  search?.focus();
  return search !== null;
}

type KeyAction = (event: KeyboardEvent) => void;

/** Turns key presses into actions; keeps in mind that `g` was pressed just before. */
function createKeyListener(actions: ShortcutActions, go: (path: string) => void): KeyAction {
  let waitsUntil = 0;
  const plainKeys: Readonly<Record<string, () => boolean>> = {
    g: () => {
      waitsUntil = performance.now() + SEQUENCE_MS;
      return true;
    },
    '?': () => {
      actions.onSheet();
      return true;
    },
    '/': focusSearch,
  };
  const onPlain = (key: string): boolean => {
    const screen = SCREENS.find((entry) => entry.letter === key);
    if (performance.now() < waitsUntil && screen !== undefined) {
      waitsUntil = 0;
      go(screen.path);
      return true;
    }
    return Object.hasOwn(plainKeys, key) ? (plainKeys[key]?.() ?? false) : false;
  };
  return (event) => {
    if (hasDialog() || event.defaultPrevented) return;
    if (isMod(event) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      actions.onPalette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (onPlain(event.key)) event.preventDefault();
  };
}

/** mod+K, `?`, `/`, and `g` then a letter. Off while typing and while a dialog is open. */
export function useShortcuts(actions: ShortcutActions): void {
  const go = useGo();
  const latest = useRef({ actions, go });
  useEffect(() => {
    latest.current = { actions, go };
  });
  useEffect(() => {
    const listener = createKeyListener(
      {
        onPalette: () => {
          latest.current.actions.onPalette();
        },
        onSheet: () => {
          latest.current.actions.onSheet();
        },
      },
      (path) => {
        latest.current.go(path);
      },
    );
    document.addEventListener('keydown', listener);
    return () => {
      document.removeEventListener('keydown', listener);
    };
  }, []);
}
