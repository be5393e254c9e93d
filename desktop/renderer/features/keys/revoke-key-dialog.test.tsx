import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFakeClient } from '../../testing/fake-client.ts';
import { FakeContractError } from '../../testing/fake-error.ts';
import '../../testing/native-dialog.ts';
import { renderConsole } from '../../testing/render-console.tsx';
import { sampleKeys } from '../../testing/sample-keys.ts';
import { streamOf } from '../../testing/streams.ts';
import { RevokeKeyDialog } from './revoke-key-dialog.tsx';

afterEach(cleanup);

function setUp(overrides: Parameters<typeof createFakeClient>[1] = {}): {
  revoke: ReturnType<typeof vi.fn>;
  onClose: ReturnType<typeof vi.fn>;
} {
  const [key] = sampleKeys(Date.now());
  if (key === undefined) throw new Error('The sample has no keys.');
  const client = createFakeClient('full', overrides);
  const revoke = vi.fn(client.keys.revoke);
  client.keys.revoke = revoke;
  const onClose = vi.fn();
  renderConsole(<RevokeKeyDialog apiKey={key} onClose={onClose} />, { client });
  return { revoke, onClose };
}

const revokeButton = (): HTMLElement => screen.getByRole('button', { name: 'Revoke mobile-app' });
const nameField = (): HTMLElement => screen.getByLabelText(/^Type mobile-app to confirm/);

describe('revoking a key', () => {
  it('asks a question, says who will notice, and starts on the way out', async () => {
    setUp();
    expect(screen.getByRole('dialog', { name: 'Revoke mobile-app?' })).toBeDefined();
    expect(screen.getByText(/get 401\s+within a second/)).toBeDefined();
    expect(await screen.findByText(/^[\d,]+ requests$/)).toBeDefined();
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Keep mobile-app' }));
  });

  it('does not take what is not measured yet for no use', async () => {
    const metrics = {
      keyUsage: () => Promise.resolve([]),
      watchFigures: () => streamOf([]),
    };
    setUp({ metrics });
    expect(await screen.findByText(/^How much it is used is not measured yet/)).toBeDefined();
    expect(screen.queryByText(/No request/)).toBeNull();
  });

  it('says that nobody uses it where the gateway is measured', async () => {
    setUp({ metrics: { keyUsage: () => Promise.resolve([]) } });
    expect(await screen.findByText(/^No request used it since measuring began/)).toBeDefined();
  });

  it('wants the name typed before it does anything', async () => {
    const user = userEvent.setup();
    const { revoke } = setUp();
    await user.click(revokeButton());
    await user.type(nameField(), 'mobile-ap{Enter}');
    await user.click(revokeButton());
    expect(revoke).not.toHaveBeenCalled();
    expect(revokeButton().title).toBe('Type the name of the key first.');
  });

  it('revokes with the reason, once, and closes', async () => {
    const user = userEvent.setup();
    const { revoke, onClose } = setUp();
    await user.type(nameField(), 'mobile-app');
    await user.type(screen.getByLabelText('Reason'), ' leaked ');
    await user.dblClick(revokeButton());
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(revoke).toHaveBeenCalledOnce();
    expect(revoke.mock.calls[0]?.[0]).toEqual({ id: 'key-1', reason: 'leaked' });
  });

  it('stays open and says why when the call fails', async () => {
    const user = userEvent.setup();
    const { onClose } = setUp({
      keys: {
        revoke: () =>
          Promise.reject(
            new FakeContractError('KEY_STORE_UNAVAILABLE', 'Postgres is down.', 'Start it.'),
          ),
      },
    });
    await user.type(nameField(), 'mobile-app');
    await user.click(revokeButton());
    expect((await screen.findByRole('alert')).textContent).toContain('Postgres is down.');
    expect(onClose).not.toHaveBeenCalled();
  });
});
