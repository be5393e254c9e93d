import { cleanup, fireEvent, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LOCAL_TARGET } from '../../../../shared/domain/target.ts';
import { createFakeClient } from '../../../testing/fake-client.ts';
import '../../../testing/native-dialog.ts';
import { renderConsole } from '../../../testing/render-console.tsx';
import { TrafficBoard } from './traffic-board.tsx';

afterEach(cleanup);

const board = (
  <TrafficBoard serviceId="backend" target={LOCAL_TARGET} onStarted={() => undefined} />
);
const shareOf = (revision: string): Promise<HTMLInputElement> =>
  screen.findByLabelText<HTMLInputElement>(`Share of ${revision} in percent`);

describe('the split of a service', () => {
  it('always adds up: what one gets, the others give', async () => {
    renderConsole(board);
    const canary = await shareOf('backend-00018');
    expect(canary.valueAsNumber).toBe(10);
    fireEvent.change(canary, { target: { value: '35' } });
    expect((await shareOf('backend-00017')).valueAsNumber).toBe(65);
  });

  it('sets an edited split only through its plan', async () => {
    const set = vi.fn((_order: unknown) => Promise.resolve({ operationId: 'op-1' }));
    renderConsole(board, { client: createFakeClient('full', { traffic: { set } }) });
    fireEvent.change(await shareOf('backend-00018'), { target: { value: '50' } });
    await userEvent.click(screen.getByRole('button', { name: 'Review plan…' }));
    expect(set).not.toHaveBeenCalled();
    await userEvent.click(await screen.findByRole('button', { name: 'Set this split' }));
    expect(set.mock.calls[0]?.[0]).toMatchObject({
      service: 'backend',
      shares: [
        { revision: 'backend-00017', percent: 50, tag: null },
        { revision: 'backend-00018', percent: 50, tag: 'canary' },
      ],
    });
  });

  it('says what is wrong with a tag, and takes everything back', async () => {
    renderConsole(board);
    const tag = await screen.findByLabelText('Tag of backend-00017');
    fireEvent.change(tag, { target: { value: 'No Tag' } });
    expect(screen.getByRole('alert').textContent).toContain('no tag');
    await userEvent.click(screen.getByRole('button', { name: 'Reset' }));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('has its drawings for a service that is not there and for what failed', async () => {
    renderConsole(board, { scenario: 'empty' });
    expect(await screen.findByText('The backend serves nothing yet')).toBeDefined();
    cleanup();
    renderConsole(board, { scenario: 'error' });
    expect(await screen.findByText('The traffic could not be read')).toBeDefined();
    expect(within(document.body).queryByRole('table')).toBeNull();
  });
});
