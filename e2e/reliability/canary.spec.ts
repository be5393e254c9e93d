import { LOCAL_SECRETS } from '@omni/contracts/local-cloud.ts';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/console.ts';
import type { LocalStack } from '../fixtures/local-stack.ts';
import type { SteadyClient } from '../fixtures/steady-client.ts';
import { startSteadyClient } from '../fixtures/steady-client.ts';
import { picture } from '../fixtures/picture.ts';
import { CanaryScreen } from '../pages/canary-screen.ts';
import { ConsoleFrame } from '../pages/console-frame.ts';
import { DeploymentsScreen } from '../pages/deployments-screen.ts';

test.setTimeout(180_000);

/** Traffic through the gateway, which the weights then split. */
async function traffic(page: Page, stack: LocalStack): Promise<SteadyClient> {
  const key = await stack.secret(LOCAL_SECRETS.sampleTrafficKey);
  const url = await new DeploymentsScreen(page).address();
  return startSteadyClient({ url, path: '/api/v1/omni/summary', key, connections: 4 });
}

async function deployments(page: Page): Promise<CanaryScreen> {
  const frame = new ConsoleFrame(page);
  await frame.untilHealthy();
  await frame.open('Deployments');
  return new CanaryScreen(page);
}

test('a canary that is no worse is promoted step by step, and no request is lost', async ({
  page,
  stack,
}, info) => {
  const canary = await deployments(page);
  const client = await traffic(page, stack);
  await canary.open('Gateway');
  const variable = { name: 'CANARY_NOTE', value: 'canary' };
  await canary.start({ steps: '25, 50, 100', intervalSeconds: 4, minSamples: 40, variable });
  await canary.untilWord(/Watching at 50/);
  await picture(page, info, 'canary-running');
  await canary.untilWord(/Promoted/);
  await expect(canary.evaluations.filter({ hasText: 'backend' })).not.toHaveCount(0);
  const report = await client.stop();
  expect(report.failures).toEqual([]);
  await picture(page, info, 'canary-promoted');
});

test('a canary with 5 % injected errors goes back to 0 % within two evaluations', async ({
  page,
  stack,
}, info) => {
  const canary = await deployments(page);
  const client = await traffic(page, stack);
  await canary.open('Backend');
  const variable = { name: 'FAULT_ERROR_PERCENT', value: '5' };
  await canary.start({ steps: '50, 100', intervalSeconds: 6, minSamples: 200, variable });
  await canary.untilWord(/Aborted/);
  await client.stop();
  await expect(canary.page.getByRole('main')).toContainText(/errors are [45]\.\d+ % against 0/);
  expect(await canary.evaluations.count()).toBeLessThanOrEqual(2);
  await picture(page, info, 'canary-aborted');
  await page.getByRole('radio', { name: 'Revisions' }).click();
  await expect(new DeploymentsScreen(page).serving).toContainText('100');
});

test('a canary that nobody calls is held, not promoted', async ({ page }, info) => {
  const canary = await deployments(page);
  await canary.open('Backend');
  const variable = { name: 'CANARY_NOTE', value: 'silent' };
  await canary.start({ steps: '50, 100', intervalSeconds: 1, minSamples: 200, variable });
  await canary.untilWord(/Waiting for proof/);
  await expect.poll(() => canary.evaluations.count(), { timeout: 60_000 }).toBeGreaterThan(4);
  await expect(canary.panel).toContainText(/Waiting for proof/);
  await picture(page, info, 'canary-held');
  await page.getByRole('button', { name: 'Abort…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: /^Stay at/ })).toBeFocused();
  await dialog.getByRole('button', { name: 'Abort the canary' }).click();
  await canary.untilWord(/Aborted/);
});
