import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '../styles/index.css';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { ConsoleProvider } from '../api/console-context.tsx';
import { createQueryClient } from '../api/query-client.ts';
import { applyTheme } from '../api/use-theme.ts';
import { App } from '../app.tsx';
import { createFakeClient, SCENARIOS } from './fake-client.ts';

/**
 * The whole console over the fake client, for looking at it without a main. Served by Vite in
 * development only: `npx vite` from the repository, then
 * `/testing/gallery.html?scenario=degraded#/latency`.
 */
const asked = new URLSearchParams(location.search).get('scenario');
const scenario = SCENARIOS.find((name) => name === asked) ?? 'full';

applyTheme('system');
const root = document.getElementById('root');
if (root === null) throw new Error('gallery.html has no #root');
createRoot(root).render(
  <ConsoleProvider
    client={createFakeClient(scenario)}
    queryClient={createQueryClient((error) => {
      console.error(error);
    })}
  >
    <Router hook={useHashLocation}>
      <App />
    </Router>
  </ConsoleProvider>,
);
