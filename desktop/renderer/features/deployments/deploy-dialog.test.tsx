import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFakeClient } from '../../testing/fake-client.ts';
import type { FakeOverrides, Scenario } from '../../testing/fake-client.ts';
import { FakeContractError } from '../../testing/fake-error.ts';
import '../../testing/native-dialog.ts';
import { renderConsole } from '../../testing/render-console.tsx';
import { samplePlan } from '../../testing/sample-plans.ts';
import { DeployDialog } from './deploy-dialog.tsx';

afterEach(cleanup);

function setUp(
  deployments: FakeOverrides['deployments'] = {},
  scenario: Scenario = 'full',
): {
  planDeploy: ReturnType<typeof vi.fn>;
  deploy: ReturnType<typeof vi.fn>;
  onClose: ReturnType<typeof vi.fn>;
} {
  const client = createFakeClient(scenario, { deployments });
  const planDeploy = vi.fn(client.deployments.planDeploy);
  client.deployments.planDeploy = planDeploy;
  const deploy = vi.fn(client.deployments.deploy);
  client.deployments.deploy = deploy;
  const onClose = vi.fn();
  renderConsole(<DeployDialog serviceId="gateway" onStarted={vi.fn()} onClose={onClose} />, {
    client,
  });
  return { planDeploy, deploy, onClose };
}

const reviewButton = (): HTMLElement => screen.getByRole('button', { name: 'Review plan' });

describe('what to deploy', () => {
  it('offers the running variables, and secrets as references only', async () => {
    setUp();
    const value = await screen.findByLabelText<HTMLInputElement>('Value of RATE_LIMIT');
    expect(value.value).toBe('120');
    const secret = screen.getByLabelText<HTMLInputElement>('Secret of API_KEYS');
    expect(secret.value).toBe('sample-traffic-key');
    expect(screen.queryByLabelText('Value of API_KEYS')).toBeNull();
  });

  it('plans exactly what was changed', async () => {
    const user = userEvent.setup();
    const { planDeploy, deploy } = setUp();
    await user.click(await screen.findByRole('switch', { name: 'Build from services/gateway' }));
    await user.clear(screen.getByLabelText('Value of RATE_LIMIT'));
    await user.type(screen.getByLabelText('Value of RATE_LIMIT'), '60');
    await user.click(screen.getByRole('button', { name: 'Add variable' }));
    await user.keyboard('LOG_LEVEL');
    await user.type(screen.getByLabelText('Value of new variable'), 'warn');
    await user.click(reviewButton());
    await screen.findByRole('table', { name: 'Planned changes' });
    expect(planDeploy.mock.calls[0]?.[0]).toEqual({
      service: 'gateway',
      build: false,
      env: { RATE_LIMIT: '60', LOG_LEVEL: 'warn' },
    });
    expect(deploy).not.toHaveBeenCalled();
  });

  it('removes a variable, takes it back, and forgets an added one', async () => {
    const user = userEvent.setup();
    const { planDeploy } = setUp();
    await user.click(await screen.findByRole('button', { name: 'Remove RATE_LIMIT' }));
    await user.click(screen.getByRole('button', { name: 'Undo RATE_LIMIT' }));
    await user.click(screen.getByRole('button', { name: 'Add variable' }));
    await user.click(screen.getByRole('button', { name: 'Remove new variable' }));
    await user.click(reviewButton());
    await screen.findByRole('table');
    expect(planDeploy.mock.calls[0]?.[0]).toEqual({ service: 'gateway', build: true, env: {} });
  });

  it('refuses a name that can not be one, and says why', async () => {
    const user = userEvent.setup();
    const { planDeploy } = setUp();
    await user.click(await screen.findByRole('button', { name: 'Add variable' }));
    expect(reviewButton().title).toBe('Give the variable a name.');
    await user.keyboard('2FAST');
    expect(screen.getByRole('alert').textContent).toMatch(/^Letters, digits and _/);
    await user.click(reviewButton());
    expect(planDeploy).not.toHaveBeenCalled();
  });

  it('plans another sizing and access, and refuses one that the platform would', async () => {
    const user = userEvent.setup();
    const { planDeploy } = setUp();
    await user.click(await screen.findByText('Advanced'));
    await user.selectOptions(screen.getByLabelText('CPU'), '4');
    expect(screen.getByRole('alert').textContent).toBe('4 CPU needs at least 2048 MiB.');
    await user.click(reviewButton());
    expect(planDeploy).not.toHaveBeenCalled();
    await user.clear(screen.getByLabelText('Memory (MiB)'));
    await user.type(screen.getByLabelText('Memory (MiB)'), '2048');
    await user.selectOptions(screen.getByLabelText('Ingress'), 'Internal only');
    await user.click(reviewButton());
    await screen.findByRole('table', { name: 'Planned changes' });
    expect(planDeploy.mock.calls[0]?.[0]).toEqual({
      service: 'gateway',
      build: true,
      env: {},
      settings: { cpu: 4, memoryMib: 2048, ingress: 'internal' },
    });
  });

  it('plans another reference to a secret, and a count of instances by hand', async () => {
    const user = userEvent.setup();
    const { planDeploy } = setUp();
    await user.click(await screen.findByText('Advanced'));
    await user.click(screen.getByRole('button', { name: 'Add secret reference' }));
    expect(reviewButton().title).toBe('Give the variable a name.');
    await user.keyboard('API_KEYS');
    await user.type(screen.getByLabelText('Secret of new secret reference'), 'k');
    expect(screen.getByRole('alert').textContent).toBe('API_KEYS is there already.');
    await user.click(screen.getByRole('button', { name: 'Remove new secret reference' }));
    await user.clear(screen.getByLabelText('Version of API_KEYS'));
    expect(screen.getByRole('alert').textContent).toBe('A version is latest or a number.');
    await user.type(screen.getByLabelText('Version of API_KEYS'), '4');
    await user.selectOptions(screen.getByLabelText('Scaling'), 'By hand: a fixed count');
    expect(screen.getByRole('alert').textContent).toBe('A whole number from 1 to 1000.');
    await user.type(screen.getByLabelText('Instances'), '2');
    await user.click(reviewButton());
    await screen.findByRole('table', { name: 'Planned changes' });
    expect(planDeploy.mock.calls[0]?.[0]).toEqual({
      service: 'gateway',
      build: true,
      env: {},
      secrets: { API_KEYS: { secret: 'sample-traffic-key', version: '4' } },
      settings: { scaling: { manual: 2 } },
    });
  });

  it('starts from the defaults for a service that was never deployed', async () => {
    setUp({}, 'empty');
    const secret = await screen.findByLabelText<HTMLInputElement>('Secret of ADMIN_TOKEN');
    expect(secret.value).toBe('gateway-admin-token');
    expect(screen.getByText('No literal variable is set.')).toBeDefined();
  });
});

describe('the first deploy of a service', () => {
  const first: FakeOverrides['deployments'] = {
    planDeploy: ({ service }) =>
      Promise.resolve({ ...samplePlan('deploy', service), access: { suggested: true } }),
  };

  it('asks who may call it, with the suggestion planned and chosen', async () => {
    const user = userEvent.setup();
    const { planDeploy, deploy } = setUp(first, 'empty');
    await user.click(await screen.findByText('Advanced'));
    expect(screen.queryByRole('switch', { name: /^Public/ })).toBeNull();
    await user.click(reviewButton());
    const anyone = await screen.findByRole<HTMLInputElement>('radio', { name: /^Anyone/ });
    expect(anyone.checked).toBe(true);
    await waitFor(() =>
      expect(planDeploy.mock.lastCall?.[0]).toMatchObject({ settings: { public: true } }),
    );
    await user.click(screen.getByRole('radio', { name: /^Only callers with the invoker role/ }));
    await waitFor(() =>
      expect(planDeploy.mock.lastCall?.[0]).toMatchObject({ settings: { public: false } }),
    );
    const confirm = screen.getByRole('button', { name: 'Deploy gateway' });
    await waitFor(() => expect(confirm.getAttribute('aria-disabled')).not.toBe('true'));
    await user.click(confirm);
    await waitFor(() => expect(deploy).toHaveBeenCalledOnce());
    expect(deploy.mock.calls[0]?.[0]).toMatchObject({ settings: { public: false } });
  });
});

describe('the plan of a deploy', () => {
  it('starts on Cancel, and Back keeps what was typed', async () => {
    const user = userEvent.setup();
    setUp();
    await user.type(await screen.findByLabelText('Value of RATE_LIMIT'), '0');
    await user.click(reviewButton());
    expect(await screen.findByRole('dialog', { name: /^Deploy gateway and/ })).toBeDefined();
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Cancel' }));
    await user.click(screen.getByRole('button', { name: 'Back' }));
    expect(screen.getByLabelText<HTMLInputElement>('Value of RATE_LIMIT').value).toBe('1200');
  });

  it('deploys once what was planned, and closes', async () => {
    const user = userEvent.setup();
    const { deploy, onClose } = setUp();
    await user.click(await screen.findByRole('button', { name: 'Review plan' }));
    await screen.findByRole('table');
    await user.dblClick(screen.getByRole('button', { name: 'Deploy gateway' }));
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(deploy).toHaveBeenCalledOnce();
    expect(deploy.mock.calls[0]?.[0]).toEqual({
      service: 'gateway',
      build: true,
      env: {},
      etag: 'e1',
    });
  });

  it('stays open with the plan when the call fails', async () => {
    const user = userEvent.setup();
    const full = new FakeContractError('OPERATION_QUEUE_FULL', 'Ten operations wait.', 'Wait.');
    const { onClose } = setUp({ deploy: () => Promise.reject(full) });
    await user.click(await screen.findByRole('button', { name: 'Review plan' }));
    await screen.findByRole('table');
    await user.click(screen.getByRole('button', { name: 'Deploy gateway' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Ten operations wait.');
    expect(screen.getByRole('table')).toBeDefined();
    expect(onClose).not.toHaveBeenCalled();
  });
});
