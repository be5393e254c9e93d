import { QueryClient } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import type { RenderResult } from '@testing-library/react';
import type { ReactNode } from 'react';
import { Router } from 'wouter';
import { memoryLocation } from 'wouter/memory-location';
import type { ConsoleClient } from '../api/client.ts';
import { ConsoleProvider } from '../api/console-context.tsx';
import { createFakeClient } from './fake-client.ts';
import type { Scenario } from './fake-client.ts';

interface ConsoleRendering {
  readonly view: RenderResult;
  readonly client: ConsoleClient;
  readonly queryClient: QueryClient;
  /** Paths visited, the last one is where the page stands. */
  readonly history: readonly string[];
}

interface RenderingOptions {
  readonly client?: ConsoleClient;
  readonly scenario?: Scenario;
  readonly path?: string;
}

/** Renders a part of the console over a fake client, with its own query cache and address. */
export function renderConsole(node: ReactNode, options: RenderingOptions = {}): ConsoleRendering {
  const client = options.client ?? createFakeClient(options.scenario);
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const { hook, searchHook, history } = memoryLocation({
    path: options.path ?? '/',
    record: true,
  });
  const view = render(
    <ConsoleProvider client={client} queryClient={queryClient}>
      <Router hook={hook} searchHook={searchHook}>
        {node}
      </Router>
    </ConsoleProvider>,
  );
  return { view, client, queryClient, history };
}
