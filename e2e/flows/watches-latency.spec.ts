import { expect, test } from '../fixtures/console.ts';
import { ConsoleFrame } from '../pages/console-frame.ts';
import { LatencyScreen } from '../pages/latency-screen.ts';
import { OverviewScreen } from '../pages/overview-screen.ts';

test('watches latency, traffic and routes move while requests come in', async ({ page }) => {
  const frame = new ConsoleFrame(page);
  const latency = new LatencyScreen(page);
  await frame.untilHealthy();
  await new OverviewScreen(page).sendSampleTraffic(true);
  await frame.open('Latency');
  for (const quantile of ['p50', 'p95', 'p99']) {
    await expect(latency.newest(quantile)).toHaveText(/\d/, { timeout: 20_000 });
  }
  await expect(latency.newest('Requests')).toHaveText(/[1-9]/, { timeout: 20_000 });
  await expect(latency.route('/v1/embeddings')).toContainText('POST');
  const before = await latency.newest('Requests').innerText();
  await expect(latency.newest('Requests')).not.toHaveText(before, { timeout: 20_000 });
  await frame.open('Overview');
  await new OverviewScreen(page).sendSampleTraffic(false);
});
