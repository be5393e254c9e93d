import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ApiKey } from '../../../shared/domain/api-key.ts';
import { createFakeClient } from '../../testing/fake-client.ts';
import { FakeContractError } from '../../testing/fake-error.ts';
import '../../testing/native-dialog.ts';
import { renderConsole } from '../../testing/render-console.tsx';
import { sampleKeys } from '../../testing/sample-keys.ts';
import { CreateKeyDialog } from './create-key-dialog.tsx';

const SECRET = 'omni_live_5fJ2mYk8Qw3nRt6vZx9bLc4dPg7hSa1q7Zd';

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function setUp(overrides: Parameters<typeof createFakeClient>[1] = {}): {
  create: ReturnType<typeof vi.fn>;
  onClose: ReturnType<typeof vi.fn>;
  rendering: ReturnType<typeof renderConsole>;
} {
  const client = createFakeClient('full', overrides);
  const create = vi.fn(client.keys.create);
  client.keys.create = create;
  const onClose = vi.fn();
  const rendering = renderConsole(<CreateKeyDialog onClose={onClose} />, { client });
  return { create, onClose, rendering };
}

async function createKey(name = 'mobile-app'): Promise<void> {
  const user = userEvent.setup();
  await user.type(screen.getByLabelText('Name'), name);
  await user.click(screen.getByRole('button', { name: 'Create key' }));
}

/** Everything react-query remembers, mutations included. */
function cacheDump({ queryClient }: ReturnType<typeof renderConsole>): string {
  const queries = queryClient.getQueryCache().getAll();
  const mutations = queryClient.getMutationCache().getAll();
  return JSON.stringify([queries, mutations].map((all) => all.map(({ state }) => state)));
}

describe('the form of a new key', () => {
  it('starts in the name and asks the contract for what was typed', async () => {
    const { create } = setUp();
    expect(document.activeElement).toBe(screen.getByLabelText('Name'));
    await createKey();
    await screen.findByText(SECRET);
    expect(create.mock.calls[0]?.[0]).toMatchObject({
      name: 'mobile-app',
      environment: 'live',
      rateLimitPerMinute: 120,
    });
  });

  it('says beside the field what is wrong, and asks for nothing', async () => {
    const user = userEvent.setup();
    const { create } = setUp();
    await user.clear(screen.getByLabelText('Requests per minute'));
    await user.type(screen.getByLabelText('Requests per minute'), '0');
    await user.click(screen.getByRole('button', { name: 'Create key' }));
    expect(await screen.findByText('Give the key a name.')).toBeDefined();
    expect(screen.getByText('At least 1.')).toBeDefined();
    await user.type(screen.getByLabelText('Name'), 'm');
    expect(screen.queryByText('Give the key a name.')).toBeNull();
    expect(create).not.toHaveBeenCalled();
  });

  it('makes one call of two submits that come before it has drawn itself again', async () => {
    const { create } = setUp();
    await userEvent.setup().type(screen.getByLabelText('Name'), 'mobile-app');
    const form = document.querySelector('form');
    if (form === null) throw new Error('The dialog has no form.');
    // Both are checked at the same time; only the first may get to the call.
    fireEvent.submit(form);
    fireEvent.submit(form);
    await screen.findByText(SECRET);
    expect(create).toHaveBeenCalledTimes(1);
  });

  it('makes one call of a double click and of Enter on top of it', async () => {
    const user = userEvent.setup();
    const [key] = sampleKeys(Date.now());
    if (key === undefined) throw new Error('The sample has no keys.');
    const answers: ((created: { key: ApiKey; secret: string }) => void)[] = [];
    const { create } = setUp({
      keys: { create: () => new Promise((resolve) => answers.push(resolve)) },
    });
    await user.type(screen.getByLabelText('Name'), 'mobile-app');
    await user.dblClick(screen.getByRole('button', { name: 'Create key' }));
    await waitFor(() => expect(create).toHaveBeenCalledTimes(1));
    expect(screen.getByRole('button', { name: 'Create key' }).ariaDisabled).toBe('true');
    await user.type(screen.getByLabelText('Name'), '{Enter}');
    for (const answer of answers) answer({ key, secret: SECRET });
    await screen.findByText(SECRET);
    expect(create).toHaveBeenCalledTimes(1);
  });

  it('can not be left while the key is made: its secret would be lost', async () => {
    const user = userEvent.setup();
    const [key] = sampleKeys(Date.now());
    if (key === undefined) throw new Error('The sample has no keys.');
    const answers: ((created: { key: ApiKey; secret: string }) => void)[] = [];
    const { onClose } = setUp({
      keys: { create: () => new Promise((resolve) => answers.push(resolve)) },
    });
    await createKey();
    const cancel = screen.getByRole('button', { name: 'Cancel' });
    await waitFor(() => expect(cancel.title).toMatch(/its secret is shown next/));
    await user.click(cancel);
    // Escape: the browser asks at first, and later closes without a question unless it is told not to.
    expect(screen.getByRole('dialog').getAttribute('closedby')).toBe('none');
    fireEvent(screen.getByRole('dialog'), new Event('cancel', { cancelable: true }));
    expect(onClose).not.toHaveBeenCalled();
    await waitFor(() => expect(answers).toHaveLength(1));
    for (const answer of answers) answer({ key, secret: SECRET });
    expect(await screen.findByText(SECRET)).toBeDefined();
  });

  it('stays open with what was typed when the call fails', async () => {
    const { onClose } = setUp({
      keys: {
        create: () =>
          Promise.reject(
            new FakeContractError(
              'KEY_STORE_UNAVAILABLE',
              'Postgres does not answer.',
              'Start it.',
            ),
          ),
      },
    });
    await createKey();
    expect((await screen.findByRole('alert')).textContent).toContain('Postgres does not answer.');
    expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('mobile-app');
    expect(onClose).not.toHaveBeenCalled();
    await userEvent.setup().click(screen.getByRole('button', { name: 'Cancel' }));
    expect(onClose).toHaveBeenCalledOnce();
  });
});

describe('the secret of a new key', () => {
  it('is shown once, and is in no cache and no storage', async () => {
    const { rendering } = setUp();
    await createKey();
    await screen.findByText(SECRET);
    expect(cacheDump(rendering)).not.toContain(SECRET);
    expect(JSON.stringify([localStorage, sessionStorage])).not.toContain(SECRET);
  });

  it.each([
    ['denied', /^Copied\. Empty the clipboard when you are done/],
    ['granted', /^Copied\. After a minute the clipboard is emptied/],
  ] as const)('is copied, and what follows is said where reading is %s', async (state, words) => {
    const query = (): Promise<{ state: string }> => Promise.resolve({ state });
    vi.stubGlobal('navigator', Object.create(navigator, { permissions: { value: { query } } }));
    setUp();
    const user = userEvent.setup();
    await createKey();
    await user.click(await screen.findByRole('button', { name: 'Copy' }));
    expect(await screen.findByText(words)).toBeDefined();
    expect(await navigator.clipboard.readText()).toBe(SECRET);
  });

  it('leaves the screen by itself after half a minute', async () => {
    setUp();
    await createKey();
    await screen.findByText(SECRET);
    expect(screen.getByText(/^Hidden in \d+ s$/)).toBeDefined();
    cleanup();

    vi.useFakeTimers({ shouldAdvanceTime: true });
    setUp();
    const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
    await user.type(screen.getByLabelText('Name'), 'mobile-app');
    await user.click(screen.getByRole('button', { name: 'Create key' }));
    await screen.findByText(SECRET);
    await act(() => vi.advanceTimersByTimeAsync(31_000));
    expect(screen.queryByText(SECRET)).toBeNull();
    expect(document.body.textContent).not.toContain(SECRET);
    expect(screen.getByText(/The secret is hidden now/)).toBeDefined();
  });

  it('is gone with the dialog', async () => {
    const { onClose, rendering } = setUp();
    await createKey();
    await screen.findByText(SECRET);
    await userEvent.setup().click(screen.getByRole('button', { name: 'Done' }));
    expect(onClose).toHaveBeenCalledOnce();
    rendering.view.unmount();
    expect(document.body.innerHTML).not.toContain(SECRET);
  });
});
