import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LOCAL_TARGET } from '../../../shared/domain/target.ts';
import { createFakeClient } from '../../testing/fake-client.ts';
import '../../testing/native-dialog.ts';
import { renderConsole } from '../../testing/render-console.tsx';
import { DeploymentsPage } from './deployments-page.tsx';

afterEach(cleanup);

const revisions = (): Promise<HTMLElement> => screen.findByRole('table', { name: 'Revisions' });

describe('the deployments', () => {
  it('shows what serves, how that is known, and every revision', async () => {
    renderConsole(<DeploymentsPage />);
    const rows = within(await revisions()).getAllByRole('row');
    expect(rows).toHaveLength(6);
    expect(await screen.findByText(/verified by 20 of 20/)).toBeDefined();
    expect(screen.getByRole('img', { name: 'Traffic: gateway-00042 100 %' })).toBeDefined();
    expect(screen.getByRole('button', { name: 'Copy address' })).toBeDefined();
  });

  it('disables a roll back with the reason of the rule', async () => {
    const user = userEvent.setup();
    renderConsole(<DeploymentsPage />);
    await revisions();
    const serving = await screen.findByRole('button', { name: 'Roll back to gateway-00042…' });
    expect(serving.title).toBe('gateway-00042 already gets all traffic.');
    const failed = screen.getByRole('button', { name: 'Roll back to gateway-00040…' });
    expect(failed.title).toBe('gateway-00040 never became ready.');
    await user.click(failed);
    expect(screen.queryByRole('dialog')).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Roll back to gateway-00041…' }));
    expect(screen.getByRole('dialog')).toBeDefined();
  });

  it('offers nothing on a read-only target but the way out', async () => {
    const target = { ...LOCAL_TARGET, mode: 'read-only' as const };
    const list = (): Promise<{ targets: (typeof target)[]; selected: string }> =>
      Promise.resolve({ targets: [target], selected: 'local' });
    renderConsole(<DeploymentsPage />, {
      client: createFakeClient('full', { targets: { list } }),
    });
    await revisions();
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'Deploy…' }).title).toMatch(/read-only.*Settings/),
    );
    const button = screen.getByRole('button', { name: 'Roll back to gateway-00041…' });
    expect(button.title).toMatch(/read-only/);
  });

  it('says that traffic is split by name, and resumes latest after a question', async () => {
    const user = userEvent.setup();
    const client = createFakeClient('full');
    const resume = vi.fn(client.deployments.resumeLatest);
    client.deployments.resumeLatest = resume;
    renderConsole(<DeploymentsPage />, { client });
    await user.click(screen.getByRole('radio', { name: 'Backend' }));
    expect(await screen.findByText('Split')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Resume latest…' }));
    expect(
      screen.getByRole('dialog', { name: 'Let backend follow its latest revision again?' }),
    ).toBeDefined();
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Keep the split' }));
    await screen.findByRole('table', { name: 'Planned changes' });
    await user.click(screen.getByRole('button', { name: 'Resume latest' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(resume.mock.calls[0]?.[0]).toEqual({ service: 'backend', etag: 'e1' });
  });

  it.each([
    ['action=deploy&service=backend', 'Deploy backend'],
    ['action=rollback&service=gateway', 'Send all gateway traffic back to gateway-00042?'],
  ])('opens the dialog that the link %s names', async (query, title) => {
    renderConsole(<DeploymentsPage />, { path: `/deployments?${query}` });
    expect(await screen.findByRole('dialog', { name: title })).toBeDefined();
  });
});

describe('an operation that was just started', () => {
  it('is awaited: the one before it is not taken for it', async () => {
    const user = userEvent.setup();
    renderConsole(<DeploymentsPage />);
    await screen.findByText(/^verified 20 of 20/);
    await user.click(screen.getByRole('button', { name: 'Roll back to gateway-00041…' }));
    await screen.findByRole('table', { name: 'Planned changes' });
    await user.click(screen.getByRole('button', { name: 'Roll back to gateway-00041' }));
    expect(await screen.findByRole('status', { name: 'Starting the operation' })).toBeDefined();
    expect(screen.queryByText(/^verified 20 of 20/)).toBeNull();
    await user.click(screen.getByRole('radio', { name: 'Backend' }));
    expect(await screen.findByText(/^verified 20 of 20/)).toBeDefined();
  });
});

describe('a service that the platform is still at work on', () => {
  it('is read again soon, whoever began the work', async () => {
    const client = createFakeClient('full');
    const read = client.deployments.listServices;
    const list = vi
      .fn(read)
      .mockImplementationOnce(async () =>
        (await read()).map((service) => ({ ...service, reconciling: true })),
      );
    client.deployments.listServices = list;
    renderConsole(<DeploymentsPage />, { client });
    expect(await screen.findByText('Shifting traffic')).toBeDefined();
    const soon = { timeout: 3_000 };
    expect(await screen.findByText(/verified by 20 of 20/, undefined, soon)).toBeDefined();
  });
});

describe('the deployments without a deployment', () => {
  it('offers the first deploy', async () => {
    const user = userEvent.setup();
    renderConsole(<DeploymentsPage />, { scenario: 'empty' });
    await user.click(await screen.findByRole('button', { name: 'Deploy gateway…' }));
    expect(screen.getByRole('dialog', { name: 'Deploy gateway' })).toBeDefined();
  });

  it('does not offer it while the first start deploys the stack', async () => {
    renderConsole(<DeploymentsPage />, {
      scenario: 'starting',
      path: '/deployments?service=backend',
    });
    expect(await screen.findByText('The backend is being deployed')).toBeDefined();
  });

  it('draws their shape while they are read, and claims nothing', async () => {
    renderConsole(<DeploymentsPage />, { scenario: 'loading' });
    expect(await screen.findByRole('status', { name: 'Reading the revisions' })).toBeDefined();
    expect(screen.queryByText(/not deployed|No revision|No operation/)).toBeNull();
  });

  it('says what failed', async () => {
    renderConsole(<DeploymentsPage />, { scenario: 'error' });
    expect((await screen.findByRole('alert')).textContent).toContain(
      'The services could not be read',
    );
  });
});
