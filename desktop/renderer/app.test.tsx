import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { App } from './app.tsx';
import './testing/browser-parts.ts';
import './testing/native-dialog.ts';
import { createFakeClient } from './testing/fake-client.ts';
import { renderConsole } from './testing/render-console.tsx';

beforeEach(() => {
  delete document.documentElement.dataset['usable'];
  localStorage.clear();
});

afterEach(cleanup);

describe('the frame', () => {
  it('says which target, how the stack does and what runs, and that it is usable', async () => {
    renderConsole(<App />, { scenario: 'degraded' });
    const bar = screen.getByRole('banner');
    expect(await within(bar).findByText('Degraded: postgres')).toBeTruthy();
    expect(await within(bar).findByRole('button', { name: 'Target: local, dev' })).toBeTruthy();
    expect(await within(bar).findByRole('button', { name: /Deploying gateway/ })).toBeTruthy();
    await waitFor(() => {
      expect(document.documentElement.dataset['usable']).toBe('true');
    });
    expect(performance.getEntriesByName('omni:usable').length).toBeGreaterThan(0);
  });

  it('names the screens and marks the one that is shown', async () => {
    const { history } = renderConsole(<App />);
    const nav = screen.getByRole('navigation', { name: 'Screens' });
    const names = within(nav)
      .getAllByRole('link')
      .map((link) => link.textContent);
    expect(names).toEqual(['Overview', 'Latency', 'Keys', 'Deployments', 'Activity', 'Settings']);
    await userEvent.click(within(nav).getByRole('link', { name: 'Settings' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'Settings' })).toBeTruthy();
    expect(within(nav).getByRole('link', { name: 'Settings' }).ariaCurrent).toBe('page');
    expect(history.at(-1)).toContain('/settings');
  });

  it('shows that nothing answers', async () => {
    renderConsole(<App />, { scenario: 'error' });
    expect(await within(screen.getByRole('banner')).findByText('No answer')).toBeTruthy();
  });

  it('sends an unknown address to the Overview', async () => {
    renderConsole(<App />, { path: '/nowhere' });
    expect(await screen.findByRole('heading', { level: 1, name: 'Overview' })).toBeTruthy();
  });
});

describe('the keyboard', () => {
  it('opens the palette, runs a command and leaves again', async () => {
    const user = userEvent.setup();
    const { history } = renderConsole(<App />);
    await user.keyboard('{Control>}k{/Control}');
    const palette = await screen.findByRole('dialog', { name: 'Command palette' });
    within(palette).getByRole('combobox').focus();
    await user.keyboard('roll back gate{Enter}');
    expect(screen.queryByRole('dialog', { name: 'Command palette' })).toBeNull();
    expect(history.at(-1)).toContain('/deployments');
  });

  it('goes to a screen with g and its letter, but not while typing', async () => {
    const user = userEvent.setup();
    const { history } = renderConsole(<App />);
    await user.keyboard('ga');
    expect(history.at(-1)).toContain('/activity');
    await user.keyboard('{Control>}k{/Control}');
    (await screen.findByRole('combobox')).focus();
    await user.keyboard('gk');
    expect(history.at(-1)).toContain('/activity');
  });

  it('shows its own sheet', async () => {
    renderConsole(<App />);
    await userEvent.keyboard('?');
    const sheet = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    expect(sheet.textContent).toContain('Go to Deployments');
  });
});

describe('the theme', () => {
  it('is the chosen one, also on the next start', async () => {
    const settings = await createFakeClient().settings.read();
    const dark = { ...settings, settings: { ...settings.settings, theme: 'dark' as const } };
    const client = createFakeClient('full', { settings: { read: () => Promise.resolve(dark) } });
    renderConsole(<App />, { client });
    await waitFor(() => {
      expect(document.documentElement.dataset['theme']).toBe('dark');
    });
    expect(localStorage.getItem('omni.theme')).toBe('dark');
  });
});
