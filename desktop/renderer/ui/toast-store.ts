/** A short note. Failures stay until they are dismissed, others leave by themselves. */
export interface Toast {
  readonly id: number;
  readonly tone: 'ok' | 'bad' | 'idle';
  readonly title: string;
  readonly detail: string | null;
}

const MAX_TOASTS = 4;

let nextId = 1;
let toasts: readonly Toast[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Shows a note. The same note twice in a row is one; the oldest of five leaves. */
export function showToast(tone: Toast['tone'], title: string, detail: string | null = null): void {
  const last = toasts.at(-1);
  if (last?.title === title && last.detail === detail && last.tone === tone) return;
  change([...toasts, { id: nextId, tone, title, detail }].slice(-MAX_TOASTS));
  nextId += 1;
}

export function dismissToast(id: number): void {
  change(toasts.filter((toast) => toast.id !== id));
}

export function readToasts(): readonly Toast[] {
  return toasts;
}

export function subscribeToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
