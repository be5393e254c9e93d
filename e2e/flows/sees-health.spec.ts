import { expect, test } from '../fixtures/console.ts';
import { ConsoleFrame } from '../pages/console-frame.ts';
import { OverviewScreen } from '../pages/overview-screen.ts';

test('sees at a glance that every part is healthy', async ({ page }) => {
  const overview = new OverviewScreen(page);
  await new ConsoleFrame(page).untilHealthy();
  for (const part of ['gateway', 'backend', 'database', 'model']) {
    await expect(overview.part(part)).toContainText('Healthy');
  }
  await expect(overview.part('redis')).toContainText('Not configured');
});

test('asks the services through the gateway and sees their answers', async ({ page }) => {
  await new ConsoleFrame(page).untilHealthy();
  const dialog = await new OverviewScreen(page).test();
  await expect(dialog).toContainText('/api/v1/omni/summary');
  await expect(dialog).toContainText('3 of 3 requests were answered as expected.');
});
