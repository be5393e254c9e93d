import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { FakeOverrides } from '../../testing/fake-client.ts';
import { createFakeClient } from '../../testing/fake-client.ts';
import { FakeContractError } from '../../testing/fake-error.ts';
import '../../testing/native-dialog.ts';
import { renderConsole } from '../../testing/render-console.tsx';
import { samplePlan } from '../../testing/sample-plans.ts';
import { DeployDialog } from './deploy-dialog.tsx';

afterEach(cleanup);

const outdated = new FakeContractError('PLAN_OUTDATED', 'gateway changed.', 'Read the new plan.');
const pin = { revision: 'gateway-00042', latest: 'gateway-00043' };

function setUp(deployments: NonNullable<FakeOverrides['deployments']>): {
  onClose: ReturnType<typeof vi.fn>;
} {
  const onClose = vi.fn();
  renderConsole(<DeployDialog serviceId="gateway" onStarted={vi.fn()} onClose={onClose} />, {
    client: createFakeClient('full', { deployments }),
  });
  return { onClose };
}

const table = (): Promise<HTMLElement> => screen.findByRole('table', { name: 'Planned changes' });
const rowOf = (name: RegExp): HTMLElement => screen.getByRole('row', { name });

describe('a plan', () => {
  it('shows what changes by subject, with its effect, and folds away what stays', async () => {
    const user = userEvent.setup();
    setUp({});
    await user.click(await screen.findByRole('button', { name: 'Review plan' }));
    await table();
    expect(rowOf(/^RATE_LIMIT/).textContent).toBe('RATE_LIMIT120240new revisionChanged');
    expect(rowOf(/^Ingress/).textContent).toContain('service, at once');
    expect(rowOf(/^DB_PASSWORD/).textContent).toContain('•••••••• (changed)');
    expect(screen.queryByRole('row', { name: /^Memory/ })).toBeNull();
    const fold = screen.getByRole('button', { name: '3 fields stay as they are' });
    await user.click(fold);
    expect(fold.getAttribute('aria-expanded')).toBe('true');
    expect(rowOf(/^Memory/).textContent).toContain('Same');
    expect(screen.getByLabelText('Cost').textContent).toContain('$4.93 → $11.50 a month (+$6.57)');
  });

  it('of a service that changed meanwhile is made anew, and nothing typed is lost', async () => {
    const user = userEvent.setup();
    const plans: Plan[] = [
      samplePlan('deploy', 'gateway'),
      { ...samplePlan('deploy', 'gateway'), etag: 'e2', currentLabel: 'gateway-00044' },
    ];
    const second = plans[1];
    if (second === undefined) throw new Error('There are two plans.');
    plans[1] = {
      ...second,
      rows: second.rows.map((row) =>
        row.field === 'RATE_LIMIT' ? { ...row, current: '180' } : row,
      ),
    };
    let asked = 0;
    const planDeploy = vi.fn(() => Promise.resolve(plans[Math.min(asked++, 1)] ?? second));
    const deploy = vi
      .fn()
      .mockRejectedValueOnce(outdated)
      .mockResolvedValueOnce({ operationId: 'op' });
    const { onClose } = setUp({ planDeploy, deploy });
    await user.type(await screen.findByLabelText('Value of RATE_LIMIT'), '0');
    await user.click(screen.getByRole('button', { name: 'Review plan' }));
    await table();
    await user.click(screen.getByRole('button', { name: 'Deploy gateway' }));
    const banner = (await screen.findByText('Changed', { selector: '.pill' })).parentElement;
    expect(banner?.textContent).toContain('nothing was done');
    expect(banner?.textContent).toContain('gateway-00044 serves now');
    await waitFor(() => expect(rowOf(/^RATE_LIMIT/).className).toContain('plan-rebased'));
    expect(rowOf(/^DB_PASSWORD/).className).not.toContain('plan-rebased');
    expect(screen.queryByRole('alert')).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Deploy gateway' }));
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(deploy.mock.calls.map((call): unknown => call[0])).toEqual([
      expect.objectContaining({ env: { RATE_LIMIT: '1200' }, etag: 'e1' }),
      expect.objectContaining({ env: { RATE_LIMIT: '1200' }, etag: 'e2' }),
    ]);
  });
});

describe('a deploy to a pinned service', () => {
  it('asks first what becomes of the pin, and plans the answer', async () => {
    const user = userEvent.setup();
    const planDeploy = vi.fn(() => Promise.resolve(samplePlan('deploy', 'gateway', pin)));
    const deploy = vi.fn(() => Promise.resolve({ operationId: 'op' }));
    setUp({ planDeploy, deploy });
    await user.click(await screen.findByRole('button', { name: 'Review plan' }));
    await table();
    const confirm = screen.getByRole('button', { name: 'Deploy gateway' });
    expect(confirm.title).toBe('Choose first what becomes of the pin.');
    await user.click(confirm);
    expect(deploy).not.toHaveBeenCalled();
    const choice = screen.getByRole('group', { name: /is pinned to gateway-00042/ });
    await user.click(within(choice).getByRole('radio', { name: /^Keep it pinned/ }));
    await waitFor(() =>
      expect(planDeploy.mock.lastCall).toEqual([
        expect.objectContaining({ pinned: 'keep' }),
        expect.anything(),
      ]),
    );
    const create = await screen.findByRole('button', { name: 'Create without traffic' });
    await waitFor(() => expect(create.getAttribute('aria-disabled')).toBeNull());
    await user.click(create);
    expect(deploy.mock.lastCall).toEqual([
      expect.objectContaining({ pinned: 'keep', etag: 'e1' }),
      expect.anything(),
    ]);
  });
});
