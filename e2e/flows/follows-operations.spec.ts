import type { Page } from '@playwright/test';
import { LOCAL_SECRETS } from '@omni/contracts/local-cloud.ts';
import { expect, test } from '../fixtures/console.ts';
import { deployOutcome } from '../fixtures/deployed-stack.ts';
import { launchElectron } from '../fixtures/electron-app.ts';
import { withClient } from '../fixtures/node-host-client.ts';
import { picture } from '../fixtures/picture.ts';
import { ConsoleFrame } from '../pages/console-frame.ts';
import { DeploymentsScreen } from '../pages/deployments-screen.ts';

const PLANTED = 'planted-in-a-revision-0123456789';

/** Everything that the page's process remembers, as text. */
async function heapOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return chunks.join('');
}

test.describe('an operation is followed to its true end', () => {
  test('a failed one says in which phase, why, and what to do', async ({ page }, info) => {
    const frame = new ConsoleFrame(page);
    const screen = new DeploymentsScreen(page);
    await frame.untilHealthy();
    await frame.open('Deployments');
    const before = await screen.servingRevision();
    await screen.deployWith('UPSTREAM_TIMEOUT_MS', 'soon');

    const alert = screen.operation.getByRole('alert');
    await expect(alert).toContainText(/did not become ready: .*exit code/, { timeout: 60_000 });
    await expect(alert).toContainText('correct what made it end and deploy again');
    const failed = screen.operation.locator('.rail-failed');
    await expect(failed).toContainText('Become ready');
    await expect(screen.operation.locator('.log')).toContainText('UPSTREAM_TIMEOUT_MS');
    expect(await screen.servingRevision()).toBe(before);
    await picture(page, info, 'failed-deploy');

    await frame.open('Activity');
    await page.getByRole('button', { name: 'Verify chain' }).click();
    await expect(page.getByText('Chain intact')).toBeVisible();
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: /^CSV/ }).click();
    await expect(page.getByText(/entries to/)).toBeVisible();
    await picture(page, info, 'activity');
  });

  test('the page never holds a secret of what it shows', async ({ stack }) => {
    const env = { API_TOKEN: PLANTED };
    const deployed = await withClient(stack.state, (client) =>
      deployOutcome(client, { service: 'backend', build: false, env }),
    );
    expect(deployed.state).toBe('succeeded');
    const app = await launchElectron(stack.state);
    try {
      const page = await app.firstWindow();
      const frame = new ConsoleFrame(page);
      await frame.untilHealthy();
      await frame.open('Keys');
      await frame.open('Activity');
      await frame.open('Deployments');
      await page.getByRole('radio', { name: 'Backend' }).click();
      await expect(page.getByText(deployed.result?.revision ?? 'none').first()).toBeAttached();
      const heap = await heapOf(page);
      expect(heap).toContain('gateway-');
      const names = Object.values(LOCAL_SECRETS);
      const stored = await Promise.all(names.map((name) => stack.secret(name)));
      expect([PLANTED, ...stored].filter((value) => heap.includes(value))).toEqual([]);
    } finally {
      await app.close();
    }
  });
});
