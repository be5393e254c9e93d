import type { Locator } from '@playwright/test';
import { expect, test } from '../fixtures/console.ts';
import { picture } from '../fixtures/picture.ts';
import { ConsoleFrame } from '../pages/console-frame.ts';
import { DeploymentsScreen } from '../pages/deployments-screen.ts';
import { SettingsScreen } from '../pages/settings-screen.ts';

test('refers to a secret and scales the whole service, refused while the secret is missing; reads what differs from Cloud Run', async ({
  page,
}, info) => {
  const frame = new ConsoleFrame(page);
  const screen = new DeploymentsScreen(page);
  await frame.untilHealthy();
  await frame.open('Deployments');
  // The local cloud has no domains of its own: nothing is said of any.
  await expect(screen.serving).toContainText('http://');
  await expect(screen.serving.getByText('Domain', { exact: true })).toHaveCount(0);

  const dialog = await screen.openDeploy();
  await dialog.getByRole('switch', { name: /^Build from/ }).click();
  await dialog.getByText('Advanced').click();
  await dialog.getByRole('button', { name: 'Add secret reference' }).click();
  await dialog.getByLabel('Name of the new secret reference').fill('MAIL_PASSWORD');
  await dialog.getByLabel('Secret of new secret reference').fill('no-such-secret');
  await dialog.getByLabel('Scaling').selectOption('By hand: a fixed count');
  await dialog.getByLabel('Instances', { exact: true }).fill('0');
  await expect(dialog.getByRole('alert')).toHaveText('A whole number from 1 to 1000.');
  await dialog.getByRole('switch', { name: /^Public/ }).scrollIntoViewIfNeeded();
  await picture(page, info, 'advanced');
  await dialog.getByLabel('Instances', { exact: true }).fill('2');
  await dialog.getByRole('button', { name: 'Review plan' }).click();
  await screen.resumeIfPinned(dialog);
  const row = (name: string): Locator => dialog.getByRole('row', { name: new RegExp(`^${name}`) });
  await expect(row('MAIL_PASSWORD')).toContainText('no-such-secret:latest');
  await expect(row('Service instances')).toContainText('exactly 2, by hand');
  await expect(row('Service instances')).toContainText('service, at once');
  await expect(dialog.getByRole('button', { name: 'Deploy gateway' })).toHaveAttribute(
    'title',
    'Not possible now: its secrets resolve.',
  );
  await picture(page, info, 'plan');

  await dialog.getByRole('button', { name: 'Back' }).click();
  await dialog.getByText('Advanced').click();
  await dialog.getByLabel('Secret of new secret reference').fill('sample-traffic-key');
  await dialog.getByLabel('Scaling').selectOption('By load');
  await dialog.getByLabel('Min instances in all').fill('1');
  await dialog.getByRole('button', { name: 'Review plan' }).click();
  await screen.resumeIfPinned(dialog);
  await expect(row('Service min instances')).toContainText('1');
  await dialog.getByRole('button', { name: 'Deploy gateway' }).click();
  await expect(dialog).toBeHidden();
  await screen.untilVerified(/gateway-/);

  // What behaves otherwise here than there is said where the target is described.
  await frame.open('Settings');
  const differences = await new SettingsScreen(page).openDifferences();
  await expect(differences.getByRole('row', { name: /^isolation/ })).toContainText('sandboxed');
  await picture(page, info, 'differences');
  await differences.getByRole('searchbox').fill('etag conf');
  await expect(differences.getByRole('row')).toHaveCount(2);
  await expect(differences.getByRole('status')).toContainText(/^1 of \d+/);
});
