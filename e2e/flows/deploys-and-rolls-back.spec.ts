import { LOCAL_SECRETS } from '@omni/contracts/local-cloud.ts';
import { figure } from '../../bench/budgets.ts';
import { expect, test } from '../fixtures/console.ts';
import { recordFigures } from '../fixtures/figures.ts';
import { startSteadyClient } from '../fixtures/steady-client.ts';
import { ConsoleFrame } from '../pages/console-frame.ts';
import { DeploymentsScreen } from '../pages/deployments-screen.ts';

/** At least this many requests have to be under way while traffic moves, and none may fail. */
const REQUESTS = 2000;

test('deploys a changed gateway, rolls back and takes that back while a client loses no request', async ({
  page,
  stack,
}, info) => {
  const frame = new ConsoleFrame(page);
  const screen = new DeploymentsScreen(page);
  await frame.untilHealthy();
  await frame.open('Deployments');
  const before = await screen.servingRevision();
  const key = await stack.secret(LOCAL_SECRETS.sampleTrafficKey);
  const client = startSteadyClient({
    url: await screen.address(),
    path: '/api/v1/omni/summary',
    key,
    connections: 4,
  });

  await screen.deployWith('RELEASE_NOTE', `changed in ${info.project.name}`);
  await screen.untilVerified(/gateway-/);
  await expect.poll(() => screen.servingRevision()).not.toBe(before);
  const changed = await screen.servingRevision();

  const dialog = await screen.planRollBack(before);
  await expect(dialog).toContainText('RELEASE_NOTE');
  const verifiedMs = await screen.rollBack(before);
  await expect.poll(() => screen.servingRevision()).toBe(before);

  await screen.undoRollBack();
  await expect.poll(() => screen.servingRevision()).toBe(changed);
  await expect(screen.pinned).toBeHidden();
  await page.screenshot({ path: info.outputPath('rollback-undone.png') });

  await client.untilSent(REQUESTS);
  const report = await client.stop();
  const command = 'npm run e2e';
  await recordFigures(info.project.name, [
    figure('rollback.requests', { value: report.requests, samples: 1, command }),
    figure('rollback.failed_requests', { value: report.failures.length, samples: 1, command }),
    figure('rollback.verified_ms', { value: verifiedMs, samples: 1, command }),
  ]);
  expect(report.failures).toEqual([]);
  expect(report.requests).toBeGreaterThanOrEqual(REQUESTS);
  // How long it took is a figure with a limit (bench/budgets.ts), not a test: machines differ.
});
