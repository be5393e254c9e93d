import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CanaryEvaluation, CanaryState } from '../../../../shared/domain/canary.ts';
import { moved, newCanary, started } from '../../../../shared/domain/canary.ts';
import { DEFAULT_CANARY } from '../../../../shared/domain/canary-settings.ts';
import type { Operation } from '../../../../shared/domain/operation.ts';
import { LOCAL_TARGET } from '../../../../shared/domain/target.ts';
import { createFakeClient } from '../../../testing/fake-client.ts';
import type { FakeOverrides } from '../../../testing/fake-client.ts';
import '../../../testing/native-dialog.ts';
import { renderConsole } from '../../../testing/render-console.tsx';
import { runningDeploy } from '../../../testing/sample-operations.ts';
import { streamOf } from '../../../testing/streams.ts';
import { CanaryBoard } from './canary-board.tsx';

afterEach(cleanup);

const NOW = Date.now();
const WHO = { revision: 'gateway-00043', stable: 'gateway-00042' };

const failing: CanaryEvaluation = {
  at: NOW,
  percent: 5,
  windowSeconds: 30,
  samples: { stable: 4_000, canary: 212 },
  gates: [
    { id: 'samples', verdict: 'pass', stable: 4_000, canary: 212, value: 212, threshold: 200 },
    { id: 'errors', verdict: 'fail', stable: 0, canary: 0.05, value: 0.05, threshold: 0.01 },
    { id: 'p95', verdict: 'unsure', stable: 20, canary: 30, value: 1.5, threshold: 1.3 },
    { id: 'p99', verdict: 'pass', stable: 40, canary: 41, value: 1.02, threshold: 1.5 },
  ],
  verdict: 'fail',
  judgedBy: 'backend',
  reasons: ['errors are 5.00 % against 0.00 %'],
};

function canaryAt(change: Partial<CanaryState>, of: Partial<Operation> = {}): Operation {
  const canary = { ...moved(started(newCanary(WHO, DEFAULT_CANARY)), NOW), ...change };
  const title = 'Canary of gateway';
  return { ...runningDeploy(NOW), id: 'op-canary', kind: 'canary', title, canary, ...of };
}

async function shown(operation: Operation | null, overrides: FakeOverrides = {}): Promise<void> {
  const all = operation === null ? [] : [operation];
  const client = createFakeClient('full', {
    operations: { watchAll: (_input, options) => streamOf([all], options?.signal) },
    ...overrides,
  });
  renderConsole(<CanaryBoard serviceId="gateway" target={LOCAL_TARGET} />, { client });
  if (operation !== null) await screen.findByRole('list', { name: 'Steps' });
}

describe('the canary of a service', () => {
  it('says what a canary is and starts one with a plan, when there is none', async () => {
    const start = vi.fn((_order: unknown) => Promise.resolve({ operationId: 'op-1' }));
    await shown(null, { canary: { start } });
    expect(await screen.findByText('No canary yet')).toBeDefined();
    await userEvent.click(await screen.findByRole('button', { name: 'Start a canary…' }));
    const dialog = await screen.findByRole('dialog');
    const steps = within(dialog).getByLabelText('Steps in percent');
    await userEvent.clear(steps);
    await userEvent.type(steps, '10, 5, 100');
    const review = within(dialog).getByRole('button', { name: 'Review plan' });
    expect(review.title).toContain('larger than the one before');
    await userEvent.clear(steps);
    await userEvent.type(steps, '10, 100');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Review plan' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Start canary' }));
    expect(start).toHaveBeenCalledOnce();
    expect(start.mock.calls[0]?.[0]).toMatchObject({
      service: 'gateway',
      what: { kind: 'deploy' },
      settings: { steps: [10, 100] },
    });
  });

  it('shows the step, every gate with its limit, and who judged', async () => {
    await shown(canaryAt({ evaluations: [failing] }));
    const steps = screen.getByRole('list', { name: 'Steps' });
    expect(within(steps).getAllByRole('listitem')).toHaveLength(4);
    const [first] = within(steps).getAllByRole('listitem');
    expect(first?.getAttribute('aria-current')).toBe('step');
    const gates = screen.getByRole('table', { name: 'Gates' });
    expect(within(gates).getByText('at most +1.00 %')).toBeDefined();
    expect(within(gates).getByText('Fails')).toBeDefined();
    expect(within(gates).getByText('Unsure')).toBeDefined();
    expect(screen.getByText(/judged by the backend over 30 s/)).toBeDefined();
  });

  it('says why it holds and since when', async () => {
    const hold = { by: 'console', reason: 'no request reached the canary', since: NOW } as const;
    await shown(canaryAt({ hold }));
    expect(screen.getByText('Waiting for proof')).toBeDefined();
    expect(screen.getByText(/No request reached the canary\. It goes on by itself/)).toBeDefined();
  });

  it('aborts only after a question whose focus is on the way out', async () => {
    const abort = vi.fn(({ id }: { id: string }) => Promise.resolve({ id }));
    await shown(canaryAt({}), { canary: { abort } });
    await userEvent.click(screen.getByRole('button', { name: 'Abort…' }));
    const dialog = await screen.findByRole('dialog');
    expect(document.activeElement?.textContent).toBe('Stay at 5 %');
    await userEvent.type(within(dialog).getByLabelText('Reason'), 'bad');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Abort the canary' }));
    expect(abort.mock.calls[0]?.[0]).toMatchObject({ id: 'op-canary', reason: 'bad' });
  });

  it('offers to resume what a human holds, and nothing once it has ended', async () => {
    const hold = { by: 'human', reason: '', since: NOW } as const;
    await shown(canaryAt({ hold }));
    expect(screen.getByRole('button', { name: 'Resume…' })).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Hold…' })).toBeNull();
  });

  it('shows where an aborted canary stopped and lets another one start', async () => {
    const end = { kind: 'aborted', by: 'console', reason: 'errors', at: NOW } as const;
    const ended = { state: 'failed', endedAt: NOW } as const;
    await shown(canaryAt({ end, weightSet: 0, evaluations: [failing] }, ended));
    const [first] = screen.getAllByRole('listitem');
    expect(first?.textContent).toContain('stopped here');
    expect(screen.queryByRole('button', { name: 'Abort…' })).toBeNull();
    expect(screen.getByRole('button', { name: 'Start a canary…' })).toBeDefined();
  });
});
