import { expect, test } from '../fixtures/console.ts';
import { instancesOf } from '../fixtures/proc.ts';
import { until } from '../fixtures/until.ts';
import { ConsoleFrame } from '../pages/console-frame.ts';
import { OverviewScreen } from '../pages/overview-screen.ts';

test('shows what is wrong while the backend is gone, and that it came back', async ({
  page,
  stack,
}) => {
  const frame = new ConsoleFrame(page);
  const overview = new OverviewScreen(page);
  await frame.untilHealthy();

  // One kill is healed before anybody notices: the local cloud holds requests for the second that
  // a restart takes. So the backend is killed again until the back-off makes it a real outage.
  const kill = async (): Promise<void> => {
    for (const pid of await instancesOf(stack.pid, 'backend')) process.kill(pid, 'SIGKILL');
  };
  await kill();
  await until('the console says that the stack is not healthy', 15_000, async () => {
    const state = await frame.stackState.innerText();
    if (/Down|Degraded|Starting/.test(state)) return state;
    await kill();
    return null;
  });
  await expect(overview.part('backend')).not.toContainText('Healthy');
  await expect(
    page
      .getByRole('status')
      .filter({ hasText: /backend/i })
      .first(),
  ).toBeVisible();

  await frame.untilHealthy(45_000);
  await expect(overview.part('backend')).toContainText('Healthy');
});
