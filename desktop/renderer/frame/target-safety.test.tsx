import { act, cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PendingChange } from '../../shared/domain/safety.ts';
import type { ConsoleLink } from '../api/client.ts';
import { askToType, offerTyped } from '../api/confirmation-store.ts';
import { createConfirmingLink } from '../api/link-confirming.ts';
import '../testing/native-dialog.ts';
import { createFakeClient } from '../testing/fake-client.ts';
import { renderConsole } from '../testing/render-console.tsx';
import { streamOf } from '../testing/streams.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ConfirmTyped } from './confirm-typed.tsx';
import { PendingChanges } from './pending-changes.tsx';

afterEach(cleanup);

const CONFIRM = { challenge: 'c1', word: 'shop-prod', of: 'target' };

/** A link behind which main wants `shop-prod` to be typed once. */
function askingLink(): { link: ConsoleLink; calls: unknown[] } {
  const calls: unknown[] = [];
  let typed: unknown = null;
  const call = (path: readonly string[], input: unknown): Promise<unknown> => {
    calls.push([path.join('.'), input]);
    if (path[0] === 'safety') typed = input;
    if (path[0] === 'safety' || typed !== null) return Promise.resolve('done');
    const data = { retryable: false, nextStep: '', confirm: CONFIRM };
    return Promise.reject(Object.assign(new Error(), { code: 'CONFIRMATION_REQUIRED', data }));
  };
  return { link: createConfirmingLink({ call }, askToType), calls };
}

const DEPLOY = ['deployments', 'deploy'] as const;

describe('a call that needs a typed name', () => {
  it('is asked about, confirmed, and made again as it was', async () => {
    const user = userEvent.setup();
    const { link, calls } = askingLink();
    render(<ConfirmTyped />);
    const call = link.call(DEPLOY, { service: 'gateway' }, { context: {} });
    const dialog = await screen.findByRole('dialog', { name: 'Deploy on shop-prod?' });
    const confirm = within(dialog).getByRole('button', { name: 'Deploy' });
    expect(document.activeElement?.textContent).toBe('Change nothing');
    await user.type(within(dialog).getByLabelText(/to confirm/), 'shop-pro');
    await user.click(confirm);
    expect(confirm.title).toBe('Type the name of the target first.');
    await user.type(within(dialog).getByLabelText(/to confirm/), 'd');
    await user.click(confirm);
    expect(await call).toBe('done');
    expect(calls).toEqual([
      ['deployments.deploy', { service: 'gateway' }],
      ['safety.confirm', { challenge: 'c1', typed: 'shop-prod' }],
      ['deployments.deploy', { service: 'gateway' }],
    ]);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('is not made when the operator would rather not', async () => {
    const user = userEvent.setup();
    const { link, calls } = askingLink();
    render(<ConfirmTyped />);
    const call = link.call(DEPLOY, {}, { context: {} });
    const refused = expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
    await user.click(await screen.findByRole('button', { name: 'Change nothing' }));
    await refused;
    expect(calls).toHaveLength(1);
  });

  it('is not asked about again when a dialog of its own had the name typed, once', async () => {
    const { link } = askingLink();
    const takeBack = offerTyped('shop-prod');
    expect(await link.call(DEPLOY, {}, { context: {} })).toBe('done');
    takeBack();
    const second = askingLink();
    render(<ConfirmTyped />);
    second.link.call(DEPLOY, {}, { context: {} }).catch(() => undefined);
    expect(await screen.findByRole('dialog')).toBeDefined();
  });
});

it('what runs in a moment can be taken back, also inside the topmost dialog', async () => {
  const user = userEvent.setup();
  const change: PendingChange = {
    id: 'p1',
    action: 'deployments.deploy',
    subject: 'gateway',
    target: 'shop-prod',
    confirmedAt: Date.now(),
    startsAt: Date.now() + 5_000,
  };
  const cancelPending = vi.fn(() => Promise.resolve());
  const watchPending = () => streamOf([[change]]);
  const client = createFakeClient('full', { safety: { watchPending, cancelPending } });
  renderConsole(
    <>
      <Dialog title="Deploy gateway?" footer={null} onClose={() => undefined} />
      <PendingChanges />
    </>,
    { client },
  );
  const countdown = await screen.findByRole('alertdialog');
  expect(countdown.textContent).toMatch(/Deploy gateway on shop-prod in [1-5] s/);
  expect(countdown.closest('dialog')).not.toBeNull();
  await act(() => user.click(within(countdown).getByRole('button', { name: 'Take back' })));
  await waitFor(() => expect(cancelPending).toHaveBeenCalled());
});
