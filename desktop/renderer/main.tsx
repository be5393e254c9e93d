import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './styles/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { chooseLink } from './api/choose-link.ts';
import { createClient } from './api/client.ts';
import { askToType } from './api/confirmation-store.ts';
import { ConsoleProvider } from './api/console-context.tsx';
import { errorMessage } from './api/error-message.ts';
import { createConfirmingLink } from './api/link-confirming.ts';
import { createQueryClient } from './api/query-client.ts';
import { applyTheme, storedTheme } from './api/use-theme.ts';
import { App } from './app.tsx';
import { showToast } from './ui/toast-store.ts';

applyTheme(storedTheme());

const client = createClient(createConfirmingLink(chooseLink(window), askToType));
const queryClient = createQueryClient((error) => {
  const { title, nextStep, isRefusal } = errorMessage(error);
  showToast(isRefusal ? 'idle' : 'bad', title, nextStep);
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <ConsoleProvider client={client} queryClient={queryClient}>
      <Router hook={useHashLocation}>
        <App />
      </Router>
    </ConsoleProvider>
  </StrictMode>,
);
