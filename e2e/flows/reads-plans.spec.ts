import { expect, test } from '../fixtures/console.ts';
import { picture } from '../fixtures/picture.ts';
import { ConsoleFrame } from '../pages/console-frame.ts';
import { DeploymentsScreen } from '../pages/deployments-screen.ts';

/** Looks like nothing else, so that finding it anywhere means that it got out. */
const PLANTED = 'planted-9d1c7e5a';

test('reads what a deploy changes: a variable by its values, a secret only as changed', async ({
  page,
}, info) => {
  const frame = new ConsoleFrame(page);
  const screen = new DeploymentsScreen(page);
  await frame.untilHealthy();
  await frame.open('Deployments');
  await screen.deployWith('APP_PASSWORD', `${PLANTED}-1`);
  await screen.untilVerified(/gateway-/);

  const dialog = await screen.openDeploy();
  await dialog.getByLabel('Value of APP_PASSWORD').fill(`${PLANTED}-2`);
  await dialog.getByRole('button', { name: 'Add variable' }).click();
  await dialog.getByLabel('Name of the new variable').fill('GREETING');
  await dialog.getByLabel('Value of new variable').fill('hello');
  await dialog.getByText('Advanced').click();
  await dialog.getByLabel('CPU').selectOption('2');
  await picture(page, info, 'deploy-form');
  await dialog.getByRole('button', { name: 'Review plan' }).click();
  const row = (name: string) => dialog.getByRole('row', { name: new RegExp(`^${name}`) });
  await expect(row('APP_PASSWORD')).toContainText('•••••••• (changed)');
  await expect(row('GREETING')).toContainText('hello');
  await expect(row('CPU')).toContainText('new revision');
  await expect(dialog.getByLabel('Cost')).toContainText('a month');
  await expect(dialog.getByRole('button', { name: 'Deploy gateway' })).toBeEnabled();
  await picture(page, info, 'plan');
  expect(await page.content()).not.toContain(PLANTED);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
});

test('is asked about a pin, and a deploy that keeps it is created, not serving', async ({
  page,
}, info) => {
  const frame = new ConsoleFrame(page);
  const screen = new DeploymentsScreen(page);
  await frame.untilHealthy();
  await frame.open('Deployments');
  const before = await screen.servingRevision();
  await screen.deployWith('GREETING', 'hello');
  await expect.poll(() => screen.servingRevision()).not.toBe(before);
  await screen.untilVerified(/gateway-/);
  await screen.planRollBack(before);
  await screen.rollBack(before);

  const dialog = await screen.openDeploy();
  await dialog.getByRole('button', { name: 'Review plan' }).click();
  const choice = dialog.getByRole('group', { name: /is pinned to/ });
  await expect(choice).toContainText(before);
  await expect(dialog.getByRole('button', { name: 'Deploy gateway' })).toHaveAttribute(
    'title',
    'Choose first what becomes of the pin.',
  );
  await picture(page, info, 'pinned');
  await choice.getByRole('radio', { name: /^Keep it pinned/ }).check();
  await dialog.getByRole('button', { name: 'Create without traffic' }).click();
  await expect(dialog).toBeHidden();
  const outcome = screen.operation.getByRole('status').filter({ hasText: 'not serving' });
  await expect(outcome).toContainText('is created, not serving', { timeout: 30_000 });
  expect(await screen.servingRevision()).toBe(before);
  await picture(page, info, 'not-serving');
  await screen.resumeLatest();
});
