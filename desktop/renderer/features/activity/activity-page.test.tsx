import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AuditVerdict } from '../../../shared/contract/audit.ts';
import { createFakeClient } from '../../testing/fake-client.ts';
import { unreachable } from '../../testing/fake-error.ts';
import { renderConsole } from '../../testing/render-console.tsx';
import { ActivityPage } from './activity-page.tsx';

afterEach(cleanup);

const operations = (): Promise<HTMLElement> => screen.findByRole('table', { name: 'Operations' });
const auditLog = (): Promise<HTMLElement> => screen.findByRole('table', { name: 'Audit log' });

describe('the operations', () => {
  it('are listed newest first with state, duration and result', async () => {
    renderConsole(<ActivityPage />);
    const [, first, second] = within(await operations()).getAllByRole('row');
    expect(first?.textContent).toContain('Rolled back gateway to gateway-00042');
    expect(first?.textContent).toMatch(/Donegateway1\.41.s/);
    expect(first?.textContent).toContain('gateway-00042, verified 20 of 20');
    expect(second?.textContent).toContain('Let the service listen on PORT.');
  });

  it('are narrowed by outcome', async () => {
    const user = userEvent.setup();
    renderConsole(<ActivityPage />);
    await operations();
    await user.click(screen.getByRole('radio', { name: 'Not done1' }));
    expect(within(await operations()).getAllByRole('row')).toHaveLength(2);
    await user.click(screen.getByRole('radio', { name: 'Running0' }));
    expect(screen.getByText('No operation in this view')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Show all' }));
    expect(within(await operations()).getAllByRole('row')).toHaveLength(4);
  });

  it('are greyed out with their age when their stream breaks', async () => {
    renderConsole(<ActivityPage />, { scenario: 'stale' });
    expect(await screen.findByText(/^Values as of/)).toBeDefined();
    expect((await operations()).closest('.is-stale')).not.toBeNull();
  });
});

describe('the audit log', () => {
  it('says in words who did what', async () => {
    renderConsole(<ActivityPage />);
    const rows = within(await auditLog()).getAllByRole('row');
    expect(rows).toHaveLength(7);
    expect(rows[1]?.textContent).toContain('Revoke key');
    expect(rows[1]?.textContent).toContain('operator on local');
    expect(rows[2]?.textContent).toMatch(/^Roll back.*Started/);
    expect(rows[6]?.textContent).toContain('Refused');
  });

  it('is searched and narrowed', async () => {
    const user = userEvent.setup();
    renderConsole(<ActivityPage />);
    await auditLog();
    await user.type(screen.getByRole('searchbox', { name: 'Search the audit log' }), 'rollback');
    expect(within(await auditLog()).getAllByRole('row')).toHaveLength(2);
    await user.click(screen.getByRole('radio', { name: 'Refused1' }));
    expect(screen.getByText('No entry matches')).toBeDefined();
  });

  it('is verified when asked, once per click', async () => {
    const user = userEvent.setup();
    const client = createFakeClient('full');
    const verify = vi.fn(client.audit.verify);
    client.audit.verify = verify;
    renderConsole(<ActivityPage />, { client });
    expect(verify).not.toHaveBeenCalled();
    await user.click(await screen.findByRole('button', { name: 'Verify chain' }));
    expect(await screen.findByText('Chain intact')).toBeDefined();
    expect(verify).toHaveBeenCalledOnce();
    expect(
      screen.getByText('None of 6 entries was changed or taken out, also at the end.'),
    ).toBeDefined();
  });

  it('names the entry at which the chain breaks', async () => {
    const user = userEvent.setup();
    const problem = '2 entries are missing at the end of the log.';
    const verify = (): Promise<AuditVerdict> =>
      Promise.resolve({ entries: 6, brokenAt: 7, problem, sealedFrom: 1 });
    renderConsole(<ActivityPage />, { client: createFakeClient('full', { audit: { verify } }) });
    await user.click(await screen.findByRole('button', { name: 'Verify chain' }));
    expect(await screen.findByText('The log breaks at entry 7.')).toBeDefined();
    expect(screen.getByText(/2 entries are missing at the end/)).toBeDefined();
  });

  it('is exported to a file whose path can be copied', async () => {
    const user = userEvent.setup();
    const client = createFakeClient('full');
    const write = vi.fn(client.audit.export);
    client.audit.export = write;
    renderConsole(<ActivityPage />, { client });
    await user.click(await screen.findByRole('button', { name: 'Export' }));
    await user.click(screen.getByRole('menuitem', { name: /^JSON lines/ }));
    expect(await screen.findByText('~/.omni-console/exports/audit.jsonl')).toBeDefined();
    expect(write).toHaveBeenCalledExactlyOnceWith({ format: 'jsonl' });
  });

  it('says why it could not be verified', async () => {
    const user = userEvent.setup();
    const verify = (): Promise<never> => Promise.reject(unreachable);
    renderConsole(<ActivityPage />, { client: createFakeClient('full', { audit: { verify } }) });
    await user.click(await screen.findByRole('button', { name: 'Verify chain' }));
    expect((await screen.findByRole('alert')).textContent).toContain('ECONNREFUSED');
  });
});

describe('the activity without activity', () => {
  it('says that nothing happened yet', async () => {
    renderConsole(<ActivityPage />, { scenario: 'empty' });
    expect(await screen.findByText('No operation yet')).toBeDefined();
    expect(await screen.findByText('Nothing has been changed yet')).toBeDefined();
  });

  it('draws the shape of both lists while they are read', async () => {
    renderConsole(<ActivityPage />, { scenario: 'loading' });
    expect(await screen.findByRole('status', { name: 'Reading the operations' })).toBeDefined();
    expect(screen.getByRole('status', { name: 'Reading the audit log' })).toBeDefined();
    expect(screen.queryByText(/yet$/)).toBeNull();
  });

  it('says of each list what failed', async () => {
    renderConsole(<ActivityPage />, { scenario: 'error' });
    await waitFor(() => expect(screen.getAllByRole('alert')).toHaveLength(2));
  });
});
