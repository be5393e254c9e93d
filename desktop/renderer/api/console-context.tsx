import { QueryClientProvider } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import { createContext, use, useMemo } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { createQueries } from './client.ts';
import type { ConsoleClient, ConsoleQueries } from './client.ts';

interface Console {
  readonly client: ConsoleClient;
  readonly queries: ConsoleQueries;
}

const ConsoleContext = createContext<Console | null>(null);

interface ConsoleProviderProps {
  readonly client: ConsoleClient;
  readonly queryClient: QueryClient;
  readonly children: ReactNode;
}

/** Gives every screen the client and the query cache. Tests pass a fake client. */
export function ConsoleProvider(props: ConsoleProviderProps): ReactElement {
  const { client, queryClient, children } = props;
  const value = useMemo(() => ({ client, queries: createQueries(client) }), [client]);
  return (
    <QueryClientProvider client={queryClient}>
      <ConsoleContext value={value}>{children}</ConsoleContext>
    </QueryClientProvider>
  );
}

/** The typed client and its query utilities. */
export function useConsole(): Console {
  const value = use(ConsoleContext);
  if (value === null) throw new Error('useConsole needs a ConsoleProvider above it');
  return value;
}
