import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LOCAL_TARGET } from '../../../shared/domain/target.ts';
import type { Target, TargetMode } from '../../../shared/domain/target.ts';
import type { ConsoleClient } from '../../api/client.ts';
import { createFakeClient } from '../../testing/fake-client.ts';
import { FakeContractError } from '../../testing/fake-error.ts';
import { renderConsole } from '../../testing/render-console.tsx';
import { SettingsPage } from './settings-page.tsx';

afterEach(cleanup);

type SettingsAnswer = Awaited<ReturnType<ConsoleClient['settings']['read']>>;

/** A client that remembers the mode, as main does. */
function rememberingClient(): { client: ConsoleClient; setMode: ReturnType<typeof vi.fn> } {
  let target: Target = LOCAL_TARGET;
  const setMode = vi.fn(({ mode }: { mode: TargetMode }) => {
    target = { ...target, mode };
    return Promise.resolve(target);
  });
  const list = (): Promise<{ targets: Target[]; selected: string }> =>
    Promise.resolve({ targets: [target], selected: 'local' });
  return { client: createFakeClient('full', { targets: { list, setMode } }), setMode };
}

const modes = (): Promise<HTMLElement> =>
  screen.findByRole('radiogroup', { name: 'Mode of local' });

describe('the mode of a target', () => {
  it('is explained, changes at once, and stays', async () => {
    const user = userEvent.setup();
    const { client, setMode } = rememberingClient();
    renderConsole(<SettingsPage />, { client });
    expect(within(await modes()).getByRole('radio', { name: 'Normal' }).ariaChecked).toBe('true');
    await user.click(screen.getByRole('radio', { name: 'Read-only' }));
    await user.click(screen.getByRole('radio', { name: 'Read-only' }));
    expect(screen.getByText(/^Nothing can be changed: the main process refuses/)).toBeDefined();
    await waitFor(() =>
      expect(screen.getByRole('radio', { name: 'Read-only' }).ariaChecked).toBe('true'),
    );
    expect(setMode).toHaveBeenCalledOnce();
    expect(setMode.mock.calls[0]?.[0]).toEqual({ id: 'local', mode: 'read-only' });
  });

  it('takes one change at a time, so that the last answer is the last choice', async () => {
    const user = userEvent.setup();
    const setMode = vi.fn(() => new Promise<Target>(() => undefined));
    renderConsole(<SettingsPage />, { client: createFakeClient('full', { targets: { setMode } }) });
    await modes();
    await user.click(screen.getByRole('radio', { name: 'Read-only' }));
    await user.click(screen.getByRole('radio', { name: 'Protected' }));
    expect(setMode).toHaveBeenCalledOnce();
    expect(screen.getByRole('radio', { name: 'Read-only' }).ariaChecked).toBe('true');
  });

  it('says beside the choice why it could not be changed', async () => {
    const user = userEvent.setup();
    const setMode = (): Promise<never> =>
      Promise.reject(new FakeContractError('SETTINGS_UNWRITABLE', 'EROFS', 'Mount it writable.'));
    renderConsole(<SettingsPage />, {
      client: createFakeClient('full', { targets: { setMode } }),
    });
    await modes();
    await user.click(screen.getByRole('radio', { name: 'Protected' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Mount it writable.');
    expect(screen.getByRole('radio', { name: 'Normal' }).ariaChecked).toBe('true');
  });
});

describe('the settings', () => {
  it('show addresses, the state folder and the versions', async () => {
    renderConsole(<SettingsPage />);
    expect(await screen.findByText('http://127.0.0.1:8081')).toBeDefined();
    expect(await screen.findByText('~/.omni-console')).toBeDefined();
    expect(await screen.findByText('45.5.0')).toBeDefined();
    expect(screen.queryByText('Repaired')).toBeNull();
  });

  it('warn of a settings file that had to be repaired', async () => {
    const whole = createFakeClient('full');
    const read = async (): Promise<SettingsAnswer> => ({
      ...(await whole.settings.read()),
      warning: 'It was kept as settings.broken.json and the defaults are used.',
    });
    renderConsole(<SettingsPage />, { client: createFakeClient('full', { settings: { read } }) });
    expect(await screen.findByText('Repaired')).toBeDefined();
    expect(screen.getByText(/settings\.broken\.json/)).toBeDefined();
  });

  it('set the theme', async () => {
    const user = userEvent.setup();
    const client = createFakeClient('full');
    const setTheme = vi.fn(client.settings.setTheme);
    client.settings.setTheme = setTheme;
    renderConsole(<SettingsPage />, { client });
    await user.click(screen.getByRole('radio', { name: 'Dark' }));
    await waitFor(() => expect(setTheme).toHaveBeenCalled());
    expect(setTheme.mock.calls[0]?.[0]).toEqual({ theme: 'dark' });
  });

  it('claim nothing while they are read', () => {
    renderConsole(<SettingsPage />, { scenario: 'loading' });
    expect(screen.getByRole('status', { name: 'Reading the targets' })).toBeDefined();
    expect(screen.getAllByText('not known yet')).toHaveLength(4);
  });

  it('say of each part what failed', async () => {
    renderConsole(<SettingsPage />, { scenario: 'error' });
    expect(await screen.findByText('The targets could not be read')).toBeDefined();
    expect(await screen.findByText('The sample traffic could not be read')).toBeDefined();
  });
});

describe('the sample traffic', () => {
  it('gets another rate, and is switched off', async () => {
    const user = userEvent.setup();
    const client = createFakeClient('full');
    const set = vi.fn(client.stack.setSampleTraffic);
    client.stack.setSampleTraffic = set;
    renderConsole(<SettingsPage />, { client });
    const rate = await screen.findByLabelText('Requests per second');
    const button = screen.getByRole('button', { name: 'Set rate' });
    expect(button.title).toBe('This is the rate now.');
    await user.clear(rate);
    await user.type(rate, '900');
    expect(screen.getByRole('alert').textContent).toBe('From 1 to 500.');
    await user.click(button);
    expect(set).not.toHaveBeenCalled();
    await user.clear(rate);
    await user.type(rate, '40{Enter}');
    await waitFor(() => expect(set).toHaveBeenCalledOnce());
    expect(set.mock.calls[0]?.[0]).toEqual({ on: true, requestsPerSecond: 40 });
    await user.click(screen.getByRole('switch'));
    await waitFor(() => expect(set).toHaveBeenCalledTimes(2));
    expect(set.mock.calls[1]?.[0]).toEqual({ on: false, requestsPerSecond: 20 });
  });

  it('is switched off also while the typed rate is none', async () => {
    const user = userEvent.setup();
    const client = createFakeClient('full');
    const set = vi.fn(client.stack.setSampleTraffic);
    client.stack.setSampleTraffic = set;
    renderConsole(<SettingsPage />, { client });
    const rate = await screen.findByLabelText<HTMLInputElement>('Requests per second');
    await user.clear(rate);
    await user.type(rate, 'many');
    await user.click(screen.getByRole('switch'));
    await waitFor(() => expect(set).toHaveBeenCalledOnce());
    expect(set.mock.calls[0]?.[0]).toEqual({ on: false, requestsPerSecond: 20 });
    expect(rate.value).toBe('many');
  });
});
