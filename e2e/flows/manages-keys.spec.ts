import { expect, test } from '../fixtures/console.ts';
import { until } from '../fixtures/until.ts';
import { ConsoleFrame } from '../pages/console-frame.ts';
import { DeploymentsScreen } from '../pages/deployments-screen.ts';
import { KeysScreen } from '../pages/keys-screen.ts';

async function statusWith(gateway: string, key: string): Promise<number> {
  const answer = await fetch(`${gateway}/api/v1/omni/summary`, { headers: { 'x-api-key': key } });
  await answer.arrayBuffer();
  return answer.status;
}

test('makes a key that works, revokes it and sees it refused within a second', async ({
  page,
}, info) => {
  const frame = new ConsoleFrame(page);
  const keys = new KeysScreen(page);
  await frame.untilHealthy();
  await frame.open('Deployments');
  const gateway = await new DeploymentsScreen(page).address();

  await frame.open('Keys');
  const name = `mobile-app-${info.project.name}`;
  const secret = await keys.create(name);
  expect(secret).toMatch(/^omni_live_[0-9A-Za-z]{50}$/);
  expect(await statusWith(gateway, secret)).toBe(200);
  await keys.finishReveal();
  await expect(keys.row(name)).toContainText('Active');
  await expect(page.locator('body')).not.toContainText(secret);

  await keys.revoke(name);
  await until('the gateway refuses the key', 1000, async () =>
    (await statusWith(gateway, secret)) === 401 ? true : null,
  );
  await expect(keys.row(name)).toContainText('Revoked');
});
