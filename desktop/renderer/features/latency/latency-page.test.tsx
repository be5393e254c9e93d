import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import '../../testing/browser-parts.ts';
import { createFakeClient } from '../../testing/fake-client.ts';
import { renderConsole } from '../../testing/render-console.tsx';
import { routeRows } from '../../testing/sample-metrics.ts';
import { LatencyPage } from './latency-page.tsx';
import { isNotable } from './routes-panel.tsx';
import { filterFrom } from './use-board-filter.ts';

afterEach(cleanup);

describe('the Latency board', () => {
  it('shows its shape while it waits', () => {
    renderConsole(<LatencyPage />, { scenario: 'loading' });
    expect(screen.getByRole('status', { name: 'Loading the board' })).toBeTruthy();
  });

  it('shows its panels, what the numbers rest on, and its newest values as a table', async () => {
    renderConsole(<LatencyPage />);
    expect(await screen.findByRole('region', { name: 'Response time, ms' })).toBeTruthy();
    for (const name of ['Requests', 'Error ratio', 'In flight', 'Distribution']) {
      expect(screen.getByRole('region', { name })).toBeTruthy();
    }
    expect(screen.getByText('rate over 15 s · 2 instances')).toBeTruthy();
    const table = screen.getByRole('table', { name: 'Newest values of the board' });
    expect(within(table).getByRole('row', { name: /^p99 \d+(\.\d)?\sms$/ })).toBeTruthy();
  });

  it('narrows the whole board to the route of a row, and widens it again', async () => {
    const client = createFakeClient('full');
    const watch = vi.spyOn(client.metrics, 'watchBoard');
    renderConsole(<LatencyPage />, { client });
    const row = await screen.findByRole('row', { name: /\/v1\/search/ });
    await userEvent.click(row);
    await waitFor(() => {
      expect(watch.mock.lastCall?.[0]).toMatchObject({ route: '/v1/search', range: '15m' });
    });
    expect(screen.getByRole('button', { name: 'Route: /v1/search' })).toBeTruthy();
    await userEvent.click(await screen.findByRole('row', { name: /\/v1\/search/ }));
    expect(await screen.findByRole('button', { name: 'Route: all' })).toBeTruthy();
  });

  it('asks for another range', async () => {
    const client = createFakeClient('full');
    const watch = vi.spyOn(client.metrics, 'watchBoard');
    renderConsole(<LatencyPage />, { client });
    await userEvent.click(screen.getByRole('radio', { name: '1 h' }));
    await waitFor(() => {
      expect(watch.mock.lastCall?.[0]).toMatchObject({ range: '1h' });
    });
  });

  it('says so when nobody asks anything', async () => {
    renderConsole(<LatencyPage />, { scenario: 'empty' });
    expect(await screen.findByText('No requests in the last minute')).toBeTruthy();
    const table = await screen.findByRole('table', { name: 'Newest values of the board' });
    expect(within(table).getByRole('row', { name: 'p99 –' })).toBeTruthy();
  });

  it('says so when nothing was ever measured', async () => {
    renderConsole(<LatencyPage />, { scenario: 'starting' });
    expect(await screen.findByText('Nothing has been measured yet')).toBeTruthy();
  });

  it('says what, why and what next when it can not be read', async () => {
    renderConsole(<LatencyPage />, { scenario: 'error' });
    const error = await screen.findByRole('alert');
    expect(error.textContent).toContain('The board could not be read');
    expect(error.textContent).toContain('npm start');
  });

  it('greys what is old and says as of when', async () => {
    const { view } = renderConsole(<LatencyPage />, { scenario: 'stale' });
    expect(await screen.findByText(/Values as of \d\d:\d\d:\d\d\./)).toBeTruthy();
    expect(view.container.querySelector('.board.is-stale')).not.toBeNull();
  });
});

describe('the address of a board', () => {
  it.each([
    ['', { service: 'backend', route: null, revision: null, range: '15m' }],
    ['service=gateway&range=1h', { service: 'gateway', route: null, revision: null, range: '1h' }],
    [
      'service=x&range=7d&route=/a',
      { service: 'backend', route: '/a', revision: null, range: '15m' },
    ],
  ])('%s', (search, filter) => {
    expect(filterFrom(new URLSearchParams(search))).toEqual(filter);
  });
});

describe('a notable route', () => {
  it('is far above its own usual p95, not merely slow', () => {
    const slow = routeRows('slow')[0];
    const even = routeRows('even')[0];
    if (slow === undefined || even === undefined) throw new Error('The sample has no routes');
    expect([isNotable(slow), isNotable(even)]).toEqual([true, false]);
    expect(isNotable({ ...slow, spark: slow.spark.map(() => 688) })).toBe(false);
    expect(isNotable({ ...slow, p95Ms: null })).toBe(false);
  });
});
