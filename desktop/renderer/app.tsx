import { Suspense, useEffect, useState } from 'react';
import type { ReactElement } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { useLiveSources } from './api/live-sources.ts';
import { markUsable } from './api/mark-usable.ts';
import { useLiveQuery } from './api/use-live-query.ts';
import { useReadAgainAfterOperations } from './api/use-read-again.ts';
import { useAppliedTheme, useTheme } from './api/use-theme.ts';
import { ConfirmTyped } from './frame/confirm-typed.tsx';
import { CommandPalette } from './frame/command-palette.tsx';
import { ErrorBoundary } from './frame/error-boundary.tsx';
import { PendingChanges } from './frame/pending-changes.tsx';
import { ShortcutSheet } from './frame/shortcut-sheet.tsx';
import { Sidebar } from './frame/sidebar.tsx';
import { Topbar } from './frame/topbar.tsx';
import { useSelectedTarget } from './api/use-selected-target.ts';
import { useShortcuts } from './frame/use-shortcuts.ts';
import { SCREENS } from './routes.tsx';
import { TargetMarkProvider } from './ui/target-mark.tsx';
import { SkeletonLines } from './ui/skeleton.tsx';
import { ToastRegion } from './ui/toast-region.tsx';

type Overlay = 'palette' | 'shortcuts' | null;

/** Tells tests and the start bench once the frame and the first screen show real values. */
function useUsableMark(): void {
  const sources = useLiveSources();
  const stack = useLiveQuery(sources.stack);
  const health = useLiveQuery(sources.health);
  const isUsable = stack.value !== undefined && !health.isPending;
  useEffect(() => {
    if (isUsable) markUsable();
  }, [isUsable]);
}

function Outlet(): ReactElement {
  const [path] = useLocation();
  return (
    <main className="outlet" id="content" tabIndex={-1}>
      <ErrorBoundary key={path}>
        <Suspense fallback={<SkeletonLines lines={6} label="Loading the screen" />}>
          <Switch>
            {SCREENS.map(({ path: pattern, Page }) => (
              <Route key={pattern} path={pattern} component={Page} />
            ))}
            <Route>
              <Redirect to="/" replace />
            </Route>
          </Switch>
        </Suspense>
      </ErrorBoundary>
    </main>
  );
}

/** The window: class band, topbar, sidebar, and the screen that the address names. */
export function App(): ReactElement {
  const [overlay, setOverlay] = useState<Overlay>(null);
  const target = useSelectedTarget();
  useUsableMark();
  useReadAgainAfterOperations();
  useAppliedTheme(useTheme().theme);
  useShortcuts({
    onPalette: () => {
      setOverlay('palette');
    },
    onSheet: () => {
      setOverlay('shortcuts');
    },
  });
  const close = (): void => {
    setOverlay(null);
  };
  return (
    <TargetMarkProvider value={target ?? null}>
      <div className="app">
        <a
          className="skip-link"
          href="#content"
          onClick={(event) => {
            event.preventDefault();
            document.getElementById('content')?.focus();
          }}
        >
          Skip to content
        </a>
        <div className={`band class-${target?.class ?? 'dev'}`} />
        <Topbar
          onPalette={() => {
            setOverlay('palette');
          }}
        />
        <Sidebar />
        <Outlet />
        <ToastRegion />
        {overlay === 'palette' && (
          <CommandPalette
            onClose={close}
            onShortcuts={() => {
              setOverlay('shortcuts');
            }}
          />
        )}
        {overlay === 'shortcuts' && <ShortcutSheet onClose={close} />}
        <ConfirmTyped />
        <PendingChanges />
      </div>
    </TargetMarkProvider>
  );
}
