import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import '../../testing/browser-parts.ts';
import '../../testing/native-dialog.ts';
import type { StackStatus } from '../../../shared/contract/stack.ts';
import { createFakeClient } from '../../testing/fake-client.ts';
import { unreachable } from '../../testing/fake-error.ts';
import { renderConsole } from '../../testing/render-console.tsx';
import { healthyStack } from '../../testing/sample-health.ts';
import { runningDeploy } from '../../testing/sample-operations.ts';
import { streamOf } from '../../testing/streams.ts';
import { OverviewPage } from './overview-page.tsx';

afterEach(cleanup);

describe('the Overview', () => {
  it('shows its shape while it waits', async () => {
    renderConsole(<OverviewPage />, { scenario: 'loading' });
    const loading = screen.getByRole('status', { name: 'Loading the overview' });
    expect(loading.childElementCount).toBe(0);
    await waitFor(() => {
      expect(loading.childElementCount).toBeGreaterThan(0);
    });
  });

  it('shows each part, the figures and the last changes when all is well', async () => {
    renderConsole(<OverviewPage />);
    const graph = await screen.findByRole('region', { name: 'Health of the stack' });
    for (const part of ['Gateway', 'Backend', 'Postgres', 'Redis', 'Model']) {
      expect(within(graph).getByText(part)).toBeTruthy();
    }
    expect(within(graph).getByText('Not configured')).toBeTruthy();
    const changes = screen.getByRole('region', { name: 'Now and last changes' });
    expect(await within(changes).findByText(/Rolled back gateway/)).toBeTruthy();
    expect(within(changes).getByText('Key revoked')).toBeTruthy();
    expect(screen.queryByText('Degraded')).toBeNull();
    const card = screen.getByRole('region', { name: 'Backend' });
    expect(await within(card).findByText('backend-00018')).toBeTruthy();
  });

  it('says in one sentence what is wrong, why and since when', async () => {
    renderConsole(<OverviewPage />, { scenario: 'degraded' });
    const cause = await screen.findByText(/Postgres answers in 840 ms/, { selector: 'b' });
    const banner = cause.closest('.banner');
    expect(banner?.textContent).toMatch(/Gateway and Model are fine/);
    expect(banner?.textContent).toMatch(/Since \d\d:\d\d:\d\d, 1\smin\./);
  });

  it('says so when nothing was sent or done', async () => {
    renderConsole(<OverviewPage />, { scenario: 'empty' });
    expect(await screen.findByText('Nothing has changed yet')).toBeTruthy();
    expect(await screen.findAllByText('No traffic in the last 15 minutes')).toHaveLength(2);
  });

  it('says what, why and what next when nothing can be read', async () => {
    renderConsole(<OverviewPage />, { scenario: 'error' });
    const error = await screen.findByRole('alert');
    expect(error.textContent).toContain('The stack could not be read');
    expect(error.textContent).toContain('ECONNREFUSED');
    expect(error.textContent).toContain('npm start');
  });

  it('greys what is old and says as of when', async () => {
    const { view } = renderConsole(<OverviewPage />, { scenario: 'stale' });
    expect(await screen.findByText(/Values as of \d\d:\d\d:\d\d\./)).toBeTruthy();
    expect(view.container.querySelector('.overview-live.is-stale')).not.toBeNull();
  });

  it('is as old as the newest look at a part, not as the message that brings it', async () => {
    const seen = healthyStack(Date.now() - 3 * 60_000);
    const health = {
      ...seen,
      nodes: seen.nodes.map((node) =>
        node.id === 'redis' ? { ...node, observedAt: null } : { ...node },
      ),
      observedAt: Date.now(),
    };
    const client = createFakeClient('full', {
      health: { check: () => Promise.resolve(health), watch: () => streamOf([health]) },
    });
    renderConsole(<OverviewPage />, { client });
    expect(await screen.findByText(/^as of \d\d:\d\d:\d\d · local scraper$/)).toBeTruthy();
  });

  it('shows the first deploy of both services instead of empty cards', async () => {
    renderConsole(<OverviewPage />, { scenario: 'starting' });
    const backend = await screen.findByRole('region', { name: 'Backend' });
    expect(await within(backend).findByText('Waiting for the first answer')).toBeTruthy();
    expect(within(backend).getAllByRole('listitem')).toHaveLength(8);
    const gateway = screen.getByRole('region', { name: 'Gateway' });
    expect(within(gateway).getByText('Queued')).toBeTruthy();
    expect(screen.queryByRole('region', { name: 'Health of the stack' })).toBeNull();
  });

  it.each([
    ['failed', true],
    ['cancelled', false],
  ] as const)('draws a first deploy that was %s as a failure: %s', async (state, isRed) => {
    const error = { code: 'CANCELLED', message: 'It was stopped.', nextStep: 'Start it again.' };
    const operation = { ...runningDeploy(Date.now(), 'backend'), state, endedAt: 1, error };
    const client = createFakeClient('starting', {
      operations: {
        list: () => Promise.resolve([operation]),
        watchAll: () => streamOf([[operation]]),
      },
    });
    renderConsole(<OverviewPage />, { client });
    const cause = await screen.findByText('It was stopped. Start it again.');
    expect(cause.classList.contains('is-failure')).toBe(isRed);
  });

  it('offers the way out when the target does not answer', async () => {
    const ensure = vi.fn(() => Promise.reject(unreachable));
    const status = {
      phase: 'unreachable' as const,
      reason: 'Nothing listens on port 8642.',
      gatewayUrl: null,
      backendUrl: null,
      startedAt: null,
      operationIds: [],
    };
    const watch = (): ReturnType<typeof streamOf<typeof status>> => streamOf([status]);
    const client = createFakeClient('full', { stack: { ensure, watch } });
    renderConsole(<OverviewPage />, { client });
    expect(await screen.findByText(/Nothing listens on port 8642/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(ensure).toHaveBeenCalledTimes(1);
    expect((await screen.findByRole('alert')).textContent).toContain('does not answer');
  });
});

describe('actions of the Overview', () => {
  it('switch sample traffic at the rate that is set', async () => {
    const client = createFakeClient('full');
    const set = vi.spyOn(client.stack, 'setSampleTraffic');
    renderConsole(<OverviewPage />, { client });
    const toggle = await screen.findByRole('switch', { name: 'Sample traffic: 20 req/s' });
    expect(toggle.ariaChecked).toBe('true');
    await userEvent.click(toggle);
    expect(set.mock.calls[0]?.[0]).toEqual({ on: false, requestsPerSecond: 20 });
  });

  it('lead to the dialogs of the deployments', async () => {
    const { history } = renderConsole(<OverviewPage />);
    await userEvent.click(screen.getByRole('button', { name: 'Deploy…' }));
    expect(history.at(-1)).toContain('/deployments?action=deploy');
    await userEvent.click(screen.getByRole('button', { name: 'Roll back…' }));
    expect(history.at(-1)).toContain('/deployments?action=rollback');
  });

  it.each(['Deploy…', 'Roll back…'])('%s is refused while the target is away', async (name) => {
    const reason = 'Cloud Run in europe-west1 does not answer: connect timed out.';
    const status: StackStatus = {
      phase: 'unreachable',
      reason,
      gatewayUrl: null,
      backendUrl: null,
      startedAt: null,
      operationIds: [],
    };
    const client = createFakeClient('full', { stack: { watch: () => streamOf([status]) } });
    const { history } = renderConsole(<OverviewPage />, { client });
    const button = screen.getByRole('button', { name });
    await waitFor(() => {
      expect(button.getAttribute('aria-disabled')).toBe('true');
    });
    expect(button.title).toBe(`The target does not answer. ${reason}`);
    await userEvent.click(button);
    expect(history.filter((place) => place.includes('action='))).toEqual([]);
  });

  it('test the stack and give commands without the key', async () => {
    const user = userEvent.setup();
    renderConsole(<OverviewPage />);
    await user.click(screen.getByRole('button', { name: 'Test' }));
    const dialog = await screen.findByRole('dialog', { name: 'Does the stack answer?' });
    expect(await within(dialog).findByText(/2 of 2 requests were answered/)).toBeTruthy();
    const [copy] = within(dialog).getAllByRole('button', { name: 'Copy as curl' });
    if (copy === undefined) throw new Error('No command to copy');
    await user.click(copy);
    expect(await navigator.clipboard.readText()).toContain('"x-api-key: $API_KEY"');
    await user.click(within(dialog).getByRole('button', { name: 'Close' }));
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});
