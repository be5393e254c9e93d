import { cleanup, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Mock } from 'vitest';
import type { Operation } from '../../shared/domain/operation.ts';
import { createFakeClient } from '../testing/fake-client.ts';
import { renderConsole } from '../testing/render-console.tsx';
import { pastOperations } from '../testing/sample-operations.ts';
import { streamOf } from '../testing/streams.ts';
import type { ConsoleClient } from './client.ts';
import { QUIET_EVERY_MS } from './pace.ts';
import { useReadAgainAfterOperations } from './use-read-again.ts';
import { useServices } from './use-services.ts';

afterEach(cleanup);

function Page(): null {
  useReadAgainAfterOperations();
  useServices(false);
  return null;
}

const RUNNING: Partial<Operation> = { state: 'running', endedAt: null };

function operationsOf(change: Partial<Operation>): Operation[] {
  return pastOperations(Date.now())
    .slice(0, 1)
    .map((operation) => ({ ...operation, ...change }));
}

interface ConsoleOf {
  readonly client: ConsoleClient;
  /** Calls for the services. */
  readonly list: Mock<ConsoleClient['deployments']['listServices']>;
  /** Has the stream tell how the operation stands now. */
  readonly tell: (change: Partial<Operation>) => void;
}

/** A console with one operation that stands like this. */
function consoleOf(change: Partial<Operation>): ConsoleOf {
  const client = createFakeClient('full');
  let tell: ConsoleOf['tell'] = () => undefined;
  const told = new Promise<Operation[]>((resolve) => {
    tell = (next) => {
      resolve(operationsOf(next));
    };
  });
  client.operations.list = () => Promise.resolve(operationsOf(change));
  client.operations.watchAll = async (_input, { signal } = {}) => streamOf([await told], signal);
  const list = vi.fn(client.deployments.listServices);
  client.deployments.listServices = list;
  return { client, list, tell };
}

describe('what operations change', () => {
  it('is read again when one ends', async () => {
    const { client, list, tell } = consoleOf(RUNNING);
    const { queryClient } = renderConsole(<Page />, { client });
    await waitFor(() => expect(queryClient.isFetching()).toBe(0));
    expect(list).toHaveBeenCalledTimes(1);
    tell({ endedAt: Date.now() });
    await waitFor(() => expect(list).toHaveBeenCalledTimes(2));
  });

  it('is read again when one ended while the page was opened', async () => {
    const { client, list } = consoleOf({ endedAt: Date.now() });
    renderConsole(<Page />, { client });
    await waitFor(() => expect(list).toHaveBeenCalledTimes(2));
  });

  it('does not wait for a first read that began before the end', async () => {
    const { client, list } = consoleOf({ endedAt: Date.now() });
    list.mockImplementationOnce(() => new Promise(() => undefined));
    const { queryClient } = renderConsole(<Page />, { client });
    await waitFor(() => expect(list).toHaveBeenCalledTimes(2));
    await waitFor(() => expect(queryClient.isFetching()).toBe(0));
  });

  it('is not read again for what ended long before', async () => {
    const { client, list } = consoleOf({ endedAt: Date.now() - 2 * QUIET_EVERY_MS });
    const { queryClient } = renderConsole(<Page />, { client });
    await waitFor(() => expect(queryClient.isFetching()).toBe(0));
    expect(list).toHaveBeenCalledTimes(1);
  });
});
