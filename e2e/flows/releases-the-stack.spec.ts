import { UPSTREAM_REVISION_HEADER } from '@omni/contracts/headers.ts';
import { LOCAL_SECRETS } from '@omni/contracts/local-cloud.ts';
import type { Page } from '@playwright/test';
import { addFault, listFaults, withFault } from '../../services/local-cloud/test-kit/faults.ts';
import { expect, test as base } from '../fixtures/console.ts';
import type { LocalStack } from '../fixtures/local-stack.ts';
import type { Platform } from '../fixtures/platform.ts';
import { openPlatform } from '../fixtures/platform.ts';
import type { SteadyClient } from '../fixtures/steady-client.ts';
import { startSteadyClient } from '../fixtures/steady-client.ts';
import { picture } from '../fixtures/picture.ts';
import { until } from '../fixtures/until.ts';
import { ConsoleFrame } from '../pages/console-frame.ts';
import { DeploymentsScreen } from '../pages/deployments-screen.ts';
import { ReleasesScreen } from '../pages/releases-screen.ts';
import { TrafficScreen } from '../pages/traffic-screen.ts';

/** Both services start anew in each release. */
const WITHIN = { timeout: 60_000 };

const test = base.extend<{ readonly platform: Platform }>({
  platform: async ({ stack }, use) => {
    const platform = openPlatform(stack);
    await use(platform);
    await platform.close();
  },
});

test.setTimeout(120_000);

/** The page at its Releases, and a client whose requests go through both services. */
async function releases(
  page: Page,
  stack: LocalStack,
): Promise<{ screen: ReleasesScreen; client: SteadyClient; url: string; key: string }> {
  const frame = new ConsoleFrame(page);
  await frame.untilHealthy();
  await frame.open('Deployments');
  const url = await new DeploymentsScreen(page).address();
  const key = await stack.secret(LOCAL_SECRETS.sampleTrafficKey);
  const client = startSteadyClient({ url, path: '/api/v1/omni/summary', key, connections: 1 });
  const screen = new ReleasesScreen(page);
  await screen.open();
  return { screen, client, url, key };
}

type Served = Readonly<Record<string, number>>;

async function pair(platform: Platform): Promise<{ backend: Served; gateway: Served }> {
  return { backend: await platform.served('backend'), gateway: await platform.served('gateway') };
}

/** A release asks for four changes: a revision of each, then the traffic of each. */
const CHANGES = 4;
/** Long enough to see that the last of them was asked for. */
const SLOW_MS = 800;

/** Waits until a release asks for its last change, the gateway's traffic, and lets that fail. */
async function failLastChange(stack: LocalStack, atThat: () => Promise<void>): Promise<void> {
  const { connection } = stack;
  const isAsked = async (): Promise<true | null> =>
    (await listFaults(connection)).length === 0 ? true : null;
  await until('the traffic of the gateway is asked for', WITHIN.timeout, isAsked);
  const error = { kind: 'call-error', method: 'UpdateService', code: 'INTERNAL' } as const;
  await addFault(connection, error);
  await atThat();
}

test('a release whose gateway can not be moved takes the backend back, and no request is lost', async ({
  page,
  stack,
  platform,
}, info) => {
  const { screen, client } = await releases(page, stack);
  const before = await pair(platform);
  const slow = { kind: 'slow-call', method: 'UpdateService', ms: SLOW_MS, times: CHANGES } as const;
  await withFault(stack.connection, slow, async () => {
    await screen.page.getByRole('button', { name: 'Release both…' }).click();
    await screen.dialog.getByRole('switch').click();
    await screen.confirm('Release both services');
    await failLastChange(stack, async () => {
      const between = await pair(platform);
      expect(between.gateway).toEqual(before.gateway);
      expect(between.backend).not.toEqual(before.backend);
    });
    await expect(screen.progress(/^Release of/)).toContainText('Failed', WITHIN);
  });
  await expect(screen.progress(/^Release of/)).toContainText('Failed in “Shift traffic”');
  await expect(screen.progress(/^Release of/)).toContainText('pair that served before');
  await expect(screen.rows.first()).toContainText(/backend-\d+-\w+.*gateway-\d+-\w+.*Failed/s);
  await picture(page, info, 'release-failed');
  expect(await pair(platform)).toEqual(before);
  expect((await client.stop()).failures).toEqual([]);
});

test('releases both, undoes it, splits by hand and goes on, while a client loses no request', async ({
  page,
  stack,
  platform,
}, info) => {
  const { screen, client } = await releases(page, stack);
  const before = await pair(platform);
  await page.getByRole('button', { name: 'Release both…' }).click();
  for (const revision of Object.keys({ ...before.backend, ...before.gateway })) {
    await expect(screen.dialog).toContainText(revision);
  }
  await picture(page, info, 'release-plan');
  await screen.confirm('Release both services');
  await expect(screen.progress(/^Release of/)).toContainText('Become ready, running', WITHIN);
  await picture(page, info, 'release-running');
  await expect(screen.progress(/^Release of/)).toContainText('Done', WITHIN);
  const released = await pair(platform);
  const [backend = '', gateway = ''] = Object.keys({ ...released.backend, ...released.gateway });
  expect(released).toEqual({ backend: { [backend]: 100 }, gateway: { [gateway]: 100 } });
  expect(before).not.toHaveProperty(['backend', backend]);
  expect(before).not.toHaveProperty(['gateway', gateway]);
  const row = screen.rows.first();
  for (const word of [backend, gateway, 'Good', 'Serves']) await expect(row).toContainText(word);
  await picture(page, info, 'released');

  await row.getByRole('button', { name: 'Undo release…' }).click();
  await picture(page, info, 'undo-plan');
  await screen.confirm('Roll back both services');
  await expect(screen.progress(/^Roll back the stack/)).toContainText('Done', WITHIN);
  expect(await pair(platform)).toEqual(before);

  const [old = ''] = Object.keys(before.gateway);
  const traffic = new TrafficScreen(page);
  await traffic.open('Gateway');
  await traffic.share(gateway, 30);
  await picture(page, info, 'split-draft');
  const plan = await traffic.plan();
  await plan.getByRole('button', { name: 'Set this split' }).click();
  const deployments = new DeploymentsScreen(page);
  await deployments.untilVerified(old);
  expect(await platform.served('gateway')).toEqual({ [old]: 70, [gateway]: 30 });
  await picture(page, info, 'split');
  await deployments.resumeLatest();
  expect(await platform.served('gateway')).toEqual({ [gateway]: 100 });

  await screen.open();
  await row.getByRole('button', { name: 'Roll back…' }).click();
  await screen.confirm('Roll back both services');
  await expect(screen.progress(/^Roll back the stack/)).toContainText(backend);
  await expect(screen.progress(/^Roll back the stack/)).toContainText('Done', WITHIN);
  expect(await pair(platform)).toEqual(released);
  expect(await platform.followsLatest('backend')).toBe(true);
  expect((await client.stop()).failures).toEqual([]);
});

test('switches the gateway to another backend and back, while a client loses no request', async ({
  page,
  stack,
  platform,
}, info) => {
  const [other, { screen, client, url, key }] = await Promise.all([
    platform.copy('backend', 'ml-backend'),
    releases(page, stack),
  ]);
  /** Which backend answers behind the gateway. */
  const behind = async (): Promise<string> => {
    const answer = await fetch(`${url}/api/v1/omni/summary`, { headers: { 'x-api-key': key } });
    await answer.arrayBuffer();
    return answer.headers.get(UPSTREAM_REVISION_HEADER) ?? '';
  };
  expect(await behind()).toMatch(/^backend-/);

  await screen.planSwitch('http://127.0.0.1:9');
  await expect(screen.dialog).toContainText('The new backend is healthy');
  const confirm = screen.dialog.getByRole('button', { name: 'Switch the backend' });
  await expect(confirm).toHaveAttribute('title', /the new backend is healthy/);
  await screen.confirm('Keep the backend');

  await screen.planSwitch(other);
  await expect(screen.dialog.getByRole('row', { name: /^UPSTREAM_URL/ })).toContainText(other);
  await picture(page, info, 'switch-plan');
  await screen.confirm('Switch the backend');
  await expect(screen.progress(/^Switch the gateway/)).toContainText('Done', WITHIN);
  await expect(screen.upstream).toContainText('Elsewhere');
  await expect.poll(behind, WITHIN).toMatch(/^ml-backend-/);
  expect(await platform.variables('gateway')).toMatchObject({ UPSTREAM_URL: other });
  await picture(page, info, 'switched');

  await screen.upstream.getByRole('button', { name: /^Back to this stack/ }).click();
  await screen.confirm('Switch the backend');
  await expect(screen.upstream).toContainText('Of this stack', WITHIN);
  await expect.poll(behind, WITHIN).toMatch(/^backend-/);
  expect(await platform.variables('gateway')).not.toHaveProperty('UPSTREAM_PINNED');
  expect((await client.stop()).failures).toEqual([]);
  await platform.remove('ml-backend');
});
