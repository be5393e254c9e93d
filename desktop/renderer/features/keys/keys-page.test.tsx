import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';
import type { ApiKey } from '../../../shared/domain/api-key.ts';
import type { ConsoleClient } from '../../api/client.ts';
import { createFakeClient } from '../../testing/fake-client.ts';
import { unreachable } from '../../testing/fake-error.ts';
import '../../testing/native-dialog.ts';
import { renderConsole } from '../../testing/render-console.tsx';
import { sampleKeys } from '../../testing/sample-keys.ts';
import { figuresAt } from '../../testing/sample-metrics.ts';
import { streamOf } from '../../testing/streams.ts';
import { KeysPage } from './keys-page.tsx';

afterEach(cleanup);

/** Three hours past a midnight: long ago, and told by its clock. */
const OLD = new Date(2026, 4, 1, 3).getTime();

const rowOf = (name: string): HTMLElement => {
  const row = screen.getByRole('table', { name: 'Keys' }).querySelectorAll('tbody tr');
  const found = [...row].find((entry) => entry.textContent.startsWith(name));
  if (!(found instanceof HTMLElement)) throw new Error(`No row of ${name}.`);
  return found;
};

/** A client whose list of keys can be broken and mended while it is shown. */
function breakableClient(): { client: ConsoleClient; source: { isBroken: boolean } } {
  const source = { isBroken: false };
  const keys = sampleKeys(Date.now());
  const list = (): Promise<ApiKey[]> =>
    source.isBroken ? Promise.reject(unreachable) : Promise.resolve(keys);
  return { client: createFakeClient('full', { keys: { list } }), source };
}

describe('the keys', () => {
  it('counts them, and shows the working ones first', async () => {
    renderConsole(<KeysPage />);
    expect(await screen.findByText('7 keys · 5 active')).toBeDefined();
    const names = screen
      .getAllByRole('row')
      .slice(1)
      .map((row) => row.querySelector('td')?.querySelector('span')?.textContent);
    expect(names.at(0)).toBe('batch-embeddings');
    expect(names.slice(-2)).toEqual(['old-partner', 'mobile-prod']);
  });

  it('says how much of its limit a key uses', async () => {
    renderConsole(<KeysPage />);
    await screen.findByText('7 keys · 5 active');
    const gauge = await within(rowOf('partner-acme')).findByRole('img', { name: /of 60 in the/ });
    expect(gauge.className).toContain('gauge-full');
    expect(within(rowOf('partner-acme')).getByText('At limit')).toBeDefined();
  });

  it('dates the usage by the scrape behind it, however often main answers', async () => {
    const client = createFakeClient('full', {
      metrics: {
        watchFigures: () =>
          streamOf([
            figuresAt(Date.now(), 'even').map((figures) => ({ ...figures, scrapedAt: OLD })),
          ]),
      },
    });
    renderConsole(<KeysPage />, { client });
    expect(await screen.findByText('as of 03:00:00 · gateway')).toBeDefined();
  });

  it('says of a key that nothing is measured yet, instead of that nobody used it', async () => {
    const client = createFakeClient('full', {
      metrics: { keyUsage: () => Promise.resolve([]), watchFigures: () => streamOf([]) },
    });
    renderConsole(<KeysPage />, { client });
    expect(await screen.findByText('no values yet · gateway')).toBeDefined();
    expect(screen.getByText('Not measured yet.')).toBeDefined();
    expect(screen.queryByText('none')).toBeNull();
    expect(screen.getAllByTitle('Not measured yet.')).toHaveLength(7);
  });

  it('narrows by segment and by search, and finds the way back', async () => {
    const user = userEvent.setup();
    renderConsole(<KeysPage />);
    await user.click(await screen.findByRole('radio', { name: /Revoked/ }));
    expect(screen.getAllByRole('row')).toHaveLength(2);
    await user.type(screen.getByRole('searchbox', { name: 'Search keys' }), 'mobile-app');
    expect(screen.getByText('No key matches')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Show all keys' }));
    expect(screen.getAllByRole('row')).toHaveLength(8);
  });

  it('shows the details of the chosen key beside the table', async () => {
    const user = userEvent.setup();
    renderConsole(<KeysPage />);
    await screen.findByText('7 keys · 5 active');
    await user.click(rowOf('mobile-prod'));
    const panel = screen.getByRole('region', { name: 'mobile-prod' });
    expect(within(panel).getByText('leaked in a log')).toBeDefined();
    expect(within(panel).queryByRole('button', { name: 'Revoke…' })).toBeNull();
    expect(
      within(panel).getByText(
        'curl -H "x-api-key: $API_KEY" http://127.0.0.1:8081/api/v1/omni/summary',
      ),
    ).toBeDefined();
  });

  it('explains why a static key can not be changed here', async () => {
    const user = userEvent.setup();
    renderConsole(<KeysPage />);
    await screen.findByText('7 keys · 5 active');
    await user.click(rowOf('sample-traffic'));
    const panel = screen.getByRole('region', { name: 'sample-traffic' });
    expect(panel.textContent).toContain('read-only here');
    const button = within(rowOf('sample-traffic')).getByRole('button');
    expect(button.title).toMatch(/API_KEYS/);
    await user.click(button);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('opens both dialogs from the keyboard, and gives the focus back', async () => {
    const user = userEvent.setup();
    renderConsole(<KeysPage />);
    await screen.findByText('7 keys · 5 active');
    const create = screen.getByRole('button', { name: 'Create key…' });
    create.focus();
    await user.keyboard('{Enter}');
    expect(screen.getByRole('dialog', { name: 'Create a key' })).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(document.activeElement).toBe(create);
    await user.click(screen.getByRole('button', { name: 'Revoke mobile-app…' }));
    expect(screen.getByRole('dialog', { name: 'Revoke mobile-app?' })).toBeDefined();
  });

  it('shows a new secret at once, also while the list can not be read again', async () => {
    const user = userEvent.setup();
    const keys = sampleKeys(Date.now());
    const reads: number[] = [];
    const list = (): Promise<ApiKey[]> =>
      reads.push(Date.now()) === 1 ? Promise.resolve(keys) : new Promise(() => undefined);
    renderConsole(<KeysPage />, { client: createFakeClient('full', { keys: { list } }) });
    await user.click(await screen.findByRole('button', { name: 'Create key…' }));
    await screen.findByText('7 keys · 5 active');
    await user.type(screen.getByLabelText('Name'), 'mobile-app');
    await user.click(screen.getByRole('button', { name: 'Create key' }));
    expect(await screen.findByRole('dialog', { name: 'Copy mobile-app now' })).toBeDefined();
    expect(reads).toHaveLength(2);
  });

  it('opens the form when a link asks for it', async () => {
    renderConsole(<KeysPage />, { path: '/keys?action=create' });
    expect(await screen.findByRole('dialog', { name: 'Create a key' })).toBeDefined();
  });
});

describe('the keys without keys', () => {
  it('explains how to call the gateway when there is none', async () => {
    const user = userEvent.setup();
    renderConsole(<KeysPage />, { scenario: 'empty' });
    expect(await screen.findByText('Nobody can call the gateway yet')).toBeDefined();
    expect(screen.getByText(/^curl -H "x-api-key: \$API_KEY"/)).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Create the first key…' }));
    expect(screen.getByRole('dialog')).toBeDefined();
  });

  it('draws their shape while they are read', async () => {
    renderConsole(<KeysPage />, { scenario: 'loading' });
    expect(await screen.findByRole('status', { name: 'Reading the keys' })).toBeDefined();
    expect(screen.queryByText(/No key/)).toBeNull();
  });

  it('says what failed and tries again', async () => {
    const user = userEvent.setup();
    const { client, source } = breakableClient();
    source.isBroken = true;
    renderConsole(<KeysPage />, { client });
    expect((await screen.findByRole('alert')).textContent).toContain('ECONNREFUSED');
    source.isBroken = false;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('7 keys · 5 active')).toBeDefined();
  });

  it('greys old keys out and says how old they are', async () => {
    const { client, source } = breakableClient();
    const { view, queryClient } = renderConsole(<KeysPage />, { client });
    await screen.findByText('7 keys · 5 active');
    source.isBroken = true;
    await queryClient.invalidateQueries();
    expect(await screen.findByText(/^Values as of/)).toBeDefined();
    expect(view.container.querySelector('.keys-board.is-stale')).not.toBeNull();
  });
});
