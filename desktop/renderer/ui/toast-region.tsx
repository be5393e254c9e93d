import { X } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import { Button } from './button.tsx';
import { StatusDot } from './status-dot.tsx';
import { dismissToast, readToasts, subscribeToasts } from './toast-store.ts';
import type { Toast } from './toast-store.ts';

const SHOWN_MS = 4_000;

function ToastCard({ toast }: { readonly toast: Toast }): ReactElement {
  const [isHeld, setHeld] = useState(false);
  const leaves = toast.tone !== 'bad' && !isHeld;
  useEffect(() => {
    if (!leaves) return;
    const timer = setTimeout(() => {
      dismissToast(toast.id);
    }, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [leaves, toast.id]);
  return (
    <div
      className="toast"
      role={toast.tone === 'bad' ? 'alert' : 'status'}
      onPointerEnter={() => {
        setHeld(true);
      }}
      onPointerLeave={() => {
        setHeld(false);
      }}
    >
      <StatusDot tone={toast.tone} />
      <div className="toast-text">
        <b>{toast.title}</b>
        {toast.detail !== null && <span>{toast.detail}</span>}
      </div>
      <Button
        kind="ghost"
        small
        aria-label="Dismiss"
        icon={<X aria-hidden />}
        onClick={() => {
          dismissToast(toast.id);
        }}
      />
    </div>
  );
}

/** Where the notes of `showToast` appear. Once per window. */
export function ToastRegion(): ReactElement {
  const toasts = useSyncExternalStore(subscribeToasts, readToasts);
  return (
    <div className="toasts" role="region" aria-label="Notifications">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  );
}
