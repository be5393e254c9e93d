import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFakeClient } from '../../testing/fake-client.ts';
import { unreachable } from '../../testing/fake-error.ts';
import '../../testing/native-dialog.ts';
import { renderConsole } from '../../testing/render-console.tsx';
import { sampleCost } from '../../testing/sample-plans.ts';
import { CostEstimateLine } from './cost-line.tsx';

afterEach(cleanup);

describe('the estimate of a service', () => {
  it('is always called one, with the month of its prices, and shows how it comes about', async () => {
    const user = userEvent.setup();
    renderConsole(<CostEstimateLine serviceId="gateway" />);
    const line = await screen.findByRole('group', { name: 'Cost' });
    expect(line.textContent).toContain('Estimate');
    expect(line.textContent).toContain('No cost on this machine. On Cloud Run: list prices of');
    expect(line.textContent).toContain('By measured use.');
    await user.click(screen.getByRole('button', { name: 'Show formula…' }));
    const dialog = screen.getByRole('dialog', { name: /^Monthly estimate: \$/ });
    expect(within(dialog).getAllByRole('table')).toHaveLength(2);
    expect(within(dialog).getAllByText(/^busy = 5,200,000 requests × 0.042 s/)).toHaveLength(2);
    expect(dialog.textContent).toContain('The free part counts once');
  });

  it('says that old prices are old', async () => {
    const user = userEvent.setup();
    const estimate = () => Promise.resolve({ ...sampleCost(), billed: true, isStale: true });
    const client = createFakeClient('full', { cost: { estimate } });
    renderConsole(<CostEstimateLine serviceId="gateway" />, { client });
    expect((await screen.findByRole('group', { name: 'Cost' })).textContent).toContain(
      'Estimate, list prices of November 2026, older than six months.',
    );
    await user.click(screen.getByRole('button', { name: 'Show formula…' }));
    expect(screen.getByText('Old prices')).toBeDefined();
  });

  it('says why there is none, and asks again', async () => {
    const user = userEvent.setup();
    const estimate = vi.fn(() => Promise.reject(unreachable));
    const client = createFakeClient('full', { cost: { estimate } });
    renderConsole(<CostEstimateLine serviceId="gateway" />, { client });
    const line = await screen.findByRole('group', { name: 'Cost' });
    expect(line.textContent).toContain('Not known: The target does not answer.');
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(estimate).toHaveBeenCalledTimes(2);
  });

  it('claims nothing while it is not known', () => {
    renderConsole(<CostEstimateLine serviceId="gateway" />, { scenario: 'loading' });
    expect(screen.queryByRole('group')).toBeNull();
  });
});
