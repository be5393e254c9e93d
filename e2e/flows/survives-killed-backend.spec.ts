import { expect, test } from '../fixtures/console.ts';
import { instancesOf } from '../fixtures/proc.ts';
import { ConsoleFrame } from '../pages/console-frame.ts';
import { OverviewScreen } from '../pages/overview-screen.ts';

test('shows what is wrong while the backend is gone, and that it came back', async ({
  page,
  stack,
}) => {
  const frame = new ConsoleFrame(page);
  const overview = new OverviewScreen(page);
  await frame.untilHealthy();
  const instances = await instancesOf(stack.pid, 'backend');
  expect(instances.length).toBeGreaterThan(0);
  for (const pid of instances) process.kill(pid, 'SIGKILL');

  await expect(frame.stackState).toHaveText(/Down|Degraded|Starting/, { timeout: 10_000 });
  await expect(overview.part('backend')).not.toContainText('Healthy');
  await frame.untilHealthy(30_000);
  await expect(overview.part('backend')).toContainText('Healthy');
});
