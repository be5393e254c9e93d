type Token = `--${string}`;

const known = new Map<Token, string>();
const listeners = new Set<() => void>();
let observer: MutationObserver | null = null;

function watchTheme(): void {
  observer ??= new MutationObserver(() => {
    known.clear();
    for (const listener of listeners) listener();
  });
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
}

/** A colour of `tokens.css` as a canvas takes it. Read once per theme. */
export function colour(token: Token): string {
  const stored = known.get(token);
  if (stored !== undefined) return stored;
  const read = getComputedStyle(document.documentElement).getPropertyValue(token).trim();
  known.set(token, read);
  return read;
}

/** The same with an opacity 0..1. */
export function faded(token: Token, opacity: number): string {
  const share = (opacity * 100).toFixed(1);
  return `color-mix(in oklch, ${colour(token)} ${share}%, transparent)`;
}

/** Calls back when the theme has changed and canvases must be drawn anew. */
export function onThemeChange(listener: () => void): () => void {
  watchTheme();
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
