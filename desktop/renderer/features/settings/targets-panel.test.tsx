import '../../testing/native-dialog.ts';
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SignInStatus } from '../../../shared/domain/sign-in.ts';
import { NO_SIGN_IN } from '../../../shared/domain/sign-in.ts';
import type { Target } from '../../../shared/domain/target.ts';
import { LOCAL_TARGET } from '../../../shared/domain/target.ts';
import type { ConsoleClient } from '../../api/client.ts';
import { createFakeClient } from '../../testing/fake-client.ts';
import { renderConsole } from '../../testing/render-console.tsx';
import { streamOf } from '../../testing/streams.ts';
import { TargetsPanel } from './targets-panel.tsx';

afterEach(cleanup);

const SHOP: Target = {
  ...LOCAL_TARGET,
  id: 't1',
  name: 'shop',
  kind: 'cloud-run',
  project: 'shop-project',
  region: 'europe-west1',
  credentials: { kind: 'oauth', clientFile: '/client.json', impersonate: null },
};

type Targets = Partial<ConsoleClient['targets']>;

/** The panel with one target that stands with Google as given. */
function panel(status: SignInStatus, overrides: Targets = {}): void {
  const list = (): Promise<{ targets: Target[]; selected: string }> =>
    Promise.resolve({ targets: [LOCAL_TARGET, SHOP], selected: 'local' });
  const watchSignIn: Targets['watchSignIn'] = (...[, options]) =>
    streamOf([status], options?.signal);
  const targets = { list, watchSignIn, ...overrides };
  renderConsole(<TargetsPanel />, { client: createFakeClient('full', { targets }) });
}

const SIGNED_OUT: SignInStatus = { ...NO_SIGN_IN, state: 'signed-out', keptIn: 'memory' };

describe('the sign-in of a target', () => {
  it('says who is there and that it is only kept in memory', async () => {
    panel({ ...SIGNED_OUT, state: 'signed-in', email: 'ann@example.com', expiresAt: Date.now() });
    expect(await screen.findByText('Signed in')).toBeDefined();
    expect(
      screen.getByText(/as ann@example\.com, token until .*kept in memory only/),
    ).toBeDefined();
    expect(screen.getByRole('button', { name: 'Sign out' })).toBeDefined();
  });

  it('says before a sign-in that no keyring will keep it', async () => {
    panel(SIGNED_OUT);
    expect(await screen.findByText(/no keyring is here.*until the console ends/)).toBeDefined();
  });

  it('shows the problem with its command', async () => {
    const problem = { code: 'X', message: 'There are none.', nextStep: 'Go.', command: 'gcloud x' };
    panel({ ...SIGNED_OUT, problem });
    expect(await screen.findByText('There are none. Go.')).toBeDefined();
    expect(screen.getByText('gcloud x')).toBeDefined();
    expect(screen.getByRole('button', { name: 'Copy command' })).toBeDefined();
  });

  it('gives the address where no browser could be opened, and can be cancelled', async () => {
    const user = userEvent.setup();
    const cancelSignIn = vi.fn(() => Promise.resolve());
    const link = { url: 'https://accounts.google.com/x', opened: false };
    panel({ ...SIGNED_OUT, state: 'waiting', link }, { cancelSignIn });
    expect(await screen.findByText(/Open this address in your browser/)).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Cancel sign-in' }));
    await waitFor(() => expect(cancelSignIn).toHaveBeenCalled());
  });
});

describe('checking the access', () => {
  it('lists what was found, each with its fix and its command', async () => {
    const user = userEvent.setup();
    const finding = {
      code: 'PERMISSION_MISSING',
      severity: 'blocks',
      title: 'Permission run.services.update is missing',
      detail: 'Nothing can be deployed.',
      fix: 'Ask for roles/run.developer.',
      command: 'gcloud projects add-iam-policy-binding shop-project',
    } as const;
    const checkAccess = () => Promise.resolve({ findings: [finding], checkedAt: Date.now() });
    panel(SIGNED_OUT, { checkAccess });
    await user.click(await screen.findByRole('button', { name: 'Check access' }));
    const access = await screen.findByRole('region', { name: 'Access to shop' });
    expect(within(access).getByText('Blocks')).toBeDefined();
    expect(within(access).getByText(finding.fix)).toBeDefined();
    expect(within(access).getByText(finding.command)).toBeDefined();
  });
});

describe('adding a target', () => {
  it('says at each field what is wrong, and sends what is right', async () => {
    const user = userEvent.setup();
    const add = vi.fn<ConsoleClient['targets']['add']>((details) =>
      Promise.resolve({ ...SHOP, ...details }),
    );
    panel(SIGNED_OUT, { add });
    await user.click(await screen.findByRole('button', { name: 'Add target…' }));
    const dialog = await screen.findByRole('dialog');
    await user.type(within(dialog).getByLabelText('Name'), 'shop-prod');
    await user.type(within(dialog).getByLabelText('Project id'), 'NO');
    await user.click(within(dialog).getByRole('button', { name: 'Add target' }));
    expect(await within(dialog).findByText(/A project id: 6 to 30/)).toBeDefined();
    expect(add).not.toHaveBeenCalled();
    await user.clear(within(dialog).getByLabelText('Project id'));
    await user.type(within(dialog).getByLabelText('Project id'), 'shop-project');
    await user.click(within(dialog).getByRole('button', { name: 'Add target' }));
    await waitFor(() => expect(add).toHaveBeenCalled());
    expect(add.mock.calls[0]?.[0]).toEqual({
      name: 'shop-prod',
      class: 'dev',
      project: 'shop-project',
      region: 'europe-west1',
      credentials: { kind: 'adc', impersonate: null, file: null },
    });
  });
});
