import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFakeClient } from '../../testing/fake-client.ts';
import type { FakeOverrides } from '../../testing/fake-client.ts';
import { FakeContractError, unreachable } from '../../testing/fake-error.ts';
import '../../testing/native-dialog.ts';
import { renderConsole } from '../../testing/render-console.tsx';
import { sampleServices } from '../../testing/sample-deployments.ts';
import { samplePlan } from '../../testing/sample-plans.ts';
import { RollBackDialog } from './roll-back-dialog.tsx';

afterEach(cleanup);

function setUp(deployments: FakeOverrides['deployments'] = {}): {
  rollBack: ReturnType<typeof vi.fn>;
  onStarted: ReturnType<typeof vi.fn>;
  onClose: ReturnType<typeof vi.fn>;
} {
  const service = sampleServices().find(({ id }) => id === 'gateway');
  if (service === undefined) throw new Error('The sample has no gateway.');
  const client = createFakeClient('full', { deployments });
  const rollBack = vi.fn(client.deployments.rollBack);
  client.deployments.rollBack = rollBack;
  const onClose = vi.fn();
  const onStarted = vi.fn();
  renderConsole(
    <RollBackDialog
      service={service}
      revision="gateway-00041"
      onStarted={onStarted}
      onClose={onClose}
    />,
    {
      client,
    },
  );
  return { rollBack, onStarted, onClose };
}

const confirmButton = (): HTMLElement =>
  screen.getByRole('button', { name: 'Roll back to gateway-00041' });

describe('rolling back', () => {
  it('asks a question, shows the plan and its checks, and starts on the way out', async () => {
    setUp();
    const table = await screen.findByRole('table', { name: 'Planned changes' });
    // The head, three subjects and a change in each; what stays is folded away.
    expect(within(table).getAllByRole('row')).toHaveLength(7);
    expect(screen.getByRole('dialog', { name: /^Send all gateway traffic back/ })).toBeDefined();
    expect(screen.getByText('Traffic only')).toBeDefined();
    expect(
      within(screen.getByRole('list', { name: 'Checks' })).getAllByRole('listitem').length,
    ).toBe(3);
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Keep gateway-00042' }));
  });

  it('moves traffic with one confirm, once, and closes', async () => {
    const user = userEvent.setup();
    const { rollBack, onStarted, onClose } = setUp();
    await screen.findByRole('table');
    await user.dblClick(confirmButton());
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(onStarted).toHaveBeenCalledWith('op-run-gateway');
    expect(rollBack).toHaveBeenCalledOnce();
    expect(rollBack.mock.calls[0]?.[0]).toEqual({
      service: 'gateway',
      revision: 'gateway-00041',
      etag: 'e1',
    });
  });

  it('does nothing before the plan is there', async () => {
    const user = userEvent.setup();
    const { rollBack } = setUp({ planRollBack: () => new Promise(() => undefined) });
    expect(await screen.findByRole('status', { name: 'Making the plan' })).toBeDefined();
    await user.click(confirmButton());
    expect(rollBack).not.toHaveBeenCalled();
  });

  it('does nothing while a check fails, and says which', async () => {
    const user = userEvent.setup();
    const plan = samplePlan('roll_back', 'gateway');
    const checks = [{ title: 'Image present', ok: false, detail: 'it was deleted' }];
    const { rollBack } = setUp({ planRollBack: () => Promise.resolve({ ...plan, checks }) });
    await screen.findByRole('table');
    await user.click(confirmButton());
    expect(rollBack).not.toHaveBeenCalled();
    expect(confirmButton().title).toBe('Not possible now: image present.');
    expect(screen.getByText(/it was deleted/)).toBeDefined();
  });

  it('says why there is no plan', async () => {
    setUp({ planRollBack: () => Promise.reject(unreachable) });
    expect((await screen.findByRole('alert')).textContent).toContain('The plan could not be made');
  });

  it('stays open when the call fails, and can be confirmed again', async () => {
    const user = userEvent.setup();
    const conflict = new FakeContractError('CONFLICT', 'Another change is under way.', 'Wait.');
    const { rollBack, onClose } = setUp({ rollBack: () => Promise.reject(conflict) });
    await screen.findByRole('table');
    await user.click(confirmButton());
    expect((await screen.findByRole('alert')).textContent).toContain('Another change is under way');
    await user.click(confirmButton());
    await waitFor(() => expect(rollBack).toHaveBeenCalledTimes(2));
    expect(onClose).not.toHaveBeenCalled();
  });

  it('copies the same change as a command', async () => {
    const user = userEvent.setup();
    setUp();
    await user.click(await screen.findByRole('button', { name: 'Copy as gcloud' }));
    expect(await navigator.clipboard.readText()).toMatch(/^gcloud run services update-traffic/);
  });
});
