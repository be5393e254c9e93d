import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LOCAL_TARGET } from '../../../../shared/domain/target.ts';
import { createFakeClient } from '../../../testing/fake-client.ts';
import '../../../testing/native-dialog.ts';
import { renderConsole } from '../../../testing/render-console.tsx';
import { ReleasesBoard } from './releases-board.tsx';

afterEach(cleanup);

const board = <ReleasesBoard target={LOCAL_TARGET} />;

describe('the releases of the stack', () => {
  it('shows pairs with revision and digest, what serves, and what failed', async () => {
    renderConsole(board);
    const table = await screen.findByRole('table', { name: 'Releases' });
    expect(within(table).getAllByRole('row')).toHaveLength(4);
    expect(within(table).getAllByText('Good')).toHaveLength(2);
    expect(within(table).getByText('Failed')).toBeDefined();
    expect(within(table).getByText('Serves')).toBeDefined();
    expect(screen.getByText('A release serves')).toBeDefined();
  });

  it('rolls both back to the last good pair after one question', async () => {
    const rollBack = vi.fn((_order: unknown) => Promise.resolve({ operationId: 'op-1' }));
    const client = createFakeClient('full', { releases: { rollBack } });
    renderConsole(board, { client });
    const [back] = await screen.findAllByRole('button', { name: 'Roll back…' });
    if (back === undefined) throw new Error('no release can be rolled back to');
    await userEvent.click(back);
    const dialog = screen.getByRole('dialog');
    expect(within(dialog).getByText('gateway-00042')).toBeDefined();
    expect(within(dialog).getByText('gateway-00041')).toBeDefined();
    expect(document.activeElement?.textContent).toBe('Keep what serves');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Roll back both services' }));
    expect(rollBack.mock.calls[0]?.[0]).toMatchObject({ id: 'rel-1', to: 'itself' });
  });

  it('undoes the release that serves: both go to the pair that served before it', async () => {
    const rollBack = vi.fn((_order: unknown) => Promise.resolve({ operationId: 'op-1' }));
    const client = createFakeClient('full', { releases: { rollBack } });
    renderConsole(board, { client });
    await userEvent.click(await screen.findByRole('button', { name: 'Undo release…' }));
    const dialog = screen.getByRole('dialog');
    expect(dialog.textContent).toContain('the pair before this release');
    expect(within(dialog).getByText('gateway-00042')).toBeDefined();
    expect(within(dialog).getByText('gateway-00041')).toBeDefined();
    await userEvent.click(within(dialog).getByRole('button', { name: 'Roll back both services' }));
    expect(rollBack.mock.calls[0]?.[0]).toMatchObject({ id: 'rel-3', to: 'before' });
  });

  it('shows before a release what serves now, what then, and whose pin it ends', async () => {
    const start = vi.fn((_order: unknown) => Promise.resolve({ operationId: 'op-1' }));
    const client = createFakeClient('full', { releases: { start } });
    renderConsole(board, { client });
    await userEvent.click(await screen.findByRole('button', { name: 'Release both…' }));
    const dialog = screen.getByRole('dialog');
    expect(within(dialog).getByText('gateway-00042')).toBeDefined();
    expect(within(dialog).getAllByText(/^new revision, built/)).toHaveLength(2);
    expect(await within(dialog).findByText(/traffic of backend is held by name/)).toBeDefined();
    expect(document.activeElement?.textContent).toBe('Keep what serves');
    await userEvent.click(within(dialog).getByRole('switch'));
    expect(within(dialog).getAllByText('new revision of the same image')).toHaveLength(2);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Release both services' }));
    expect(start.mock.calls[0]?.[0]).toEqual({ build: false });
  });

  it('explains a release where there is none, and says what could not be read', async () => {
    renderConsole(board, { scenario: 'empty' });
    expect(await screen.findByText('Nothing was released together yet')).toBeDefined();
    cleanup();
    renderConsole(board, { scenario: 'error' });
    expect(await screen.findByText('The releases could not be read')).toBeDefined();
  });

  it('switches the backend of the gateway by a plan', async () => {
    const change = vi.fn((_order: unknown) => Promise.resolve({ operationId: 'op-1' }));
    const client = createFakeClient('full', { upstream: { switch: change } });
    renderConsole(board, { client });
    const button = await screen.findByRole('button', { name: 'Switch…' });
    expect(button.title).toContain('begins with http');
    await userEvent.type(screen.getByLabelText('Another address'), 'http://ml-worker:8080');
    await userEvent.click(button);
    await userEvent.click(await screen.findByRole('button', { name: 'Switch the backend' }));
    expect(change.mock.calls[0]?.[0]).toMatchObject({ url: 'http://ml-worker:8080' });
  });
});
