import type { ReactElement } from 'react';
import { useLiveSources } from '../api/live-sources.ts';
import { useLiveQuery } from '../api/use-live-query.ts';
import { useRunningOperations } from '../api/use-running-operations.ts';
import { useNow } from '../api/use-now.ts';
import { useSelectedTarget } from '../api/use-selected-target.ts';
import { SCREENS } from '../routes.tsx';
import { age } from '../ui/format-time.ts';
import { NavLink } from '../ui/nav-link.tsx';

/** `http://127.0.0.1:8081` -> `:8081`; the host only when it isn't this machine. */
export function shortAddress(url: string): string {
  if (!URL.canParse(url)) return url;
  const { hostname, port, host } = new URL(url);
  const isLoopback = hostname === '127.0.0.1' || hostname === 'localhost';
  return isLoopback && port !== '' ? `:${port}` : host;
}

function StackFoot(): ReactElement | null {
  const { value } = useLiveQuery(useLiveSources().stack);
  const now = useNow();
  const target = useSelectedTarget();
  if (value === undefined) return null;
  const name = target === undefined || target.kind === 'local' ? 'Local stack' : target.name;
  const addresses = [
    ['gateway', value.gatewayUrl],
    ['backend', value.backendUrl],
  ] as const;
  return (
    <footer className="sidebar-foot">
      <div>{value.startedAt === null ? name : `${name} · up ${age(now - value.startedAt)}`}</div>
      {addresses.map(([service, url]) =>
        url === null ? null : (
          <div key={service} title={url}>
            {service} <span className="mono">{shortAddress(url)}</span>
          </div>
        ),
      )}
    </footer>
  );
}

/** The screens, and at the bottom the stack they are about. */
export function Sidebar(): ReactElement {
  const running = useRunningOperations().length;
  return (
    <nav className="sidebar" aria-label="Screens">
      {SCREENS.map((screen) => (
        <NavLink key={screen.path} path={screen.path} title={screen.title}>
          {screen.icon}
          <span className="sidebar-title">{screen.title}</span>
          {screen.path === '/activity' && running > 0 && (
            <b aria-label={`${String(running)} running`}>{running}</b>
          )}
        </NavLink>
      ))}
      <StackFoot />
    </nav>
  );
}
