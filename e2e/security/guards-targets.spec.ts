import type { ElectronApplication } from '@playwright/test';
import { expect, test as base } from '../fixtures/console.ts';
import { launchElectron } from '../fixtures/electron-app.ts';
import { picture } from '../fixtures/picture.ts';
import { ConsoleFrame } from '../pages/console-frame.ts';
import { KeysScreen } from '../pages/keys-screen.ts';
import { SettingsScreen } from '../pages/settings-screen.ts';

/** The console as it is shipped, for an operator without any Google credentials. */
const test = base.extend<{ readonly app: ElectronApplication; readonly cancelWindowMs: string }>({
  cancelWindowMs: ['5000', { option: true }],
  app: async ({ stack, cancelWindowMs }, use) => {
    const app = await launchElectron(stack.state, {
      OMNI_CANCEL_WINDOW_MS: cancelWindowMs,
      CLOUDSDK_CONFIG: `${stack.state}/no-gcloud`,
      GOOGLE_APPLICATION_CREDENTIALS: '',
    });
    await use(app);
    await app.close();
  },
  page: async ({ app }, use) => {
    await use(await app.firstWindow());
  },
});

const ASKED = 'asked by the system: ';

/** Answers the system's dialogs, which no page can click, and prints what they asked. */
async function answerDialogs(app: ElectronApplication, answer: 'yes' | 'no'): Promise<void> {
  await app.evaluate(
    ({ dialog }, [mark, response]) => {
      dialog.showMessageBox = (...asked: unknown[]) => {
        const { message, detail } = asked.at(-1) as Electron.MessageBoxOptions;
        console.log(`${mark}${message} ${detail ?? ''}`);
        return Promise.resolve({ response, checkboxChecked: false });
      };
    },
    [ASKED, answer === 'yes' ? 1 : 0] as const,
  );
}

/** What the system's dialog asks next. */
async function nextQuestion(app: ElectronApplication): Promise<string> {
  const isAsked = (message: { text(): string }): boolean => message.text().startsWith(ASKED);
  return (await app.waitForEvent('console', isAsked)).text();
}

test('a Cloud Run target without credentials says what is missing, and everything else goes on', async ({
  page,
}, info) => {
  const frame = new ConsoleFrame(page);
  const settings = new SettingsScreen(page);
  await frame.untilHealthy();
  await frame.open('Settings');
  await settings.addTarget('shop-prod', 'Not A Project');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/A project id: 6 to 30/)).toBeVisible();
  await dialog.getByLabel('Project id').fill('shop-project');
  await dialog.getByRole('radio', { name: 'Prod' }).click();
  await picture(page, info, 'add-target');
  await dialog.getByRole('button', { name: 'Add target' }).click();
  await expect(dialog).toBeHidden();

  const line = settings.target('shop-prod');
  await expect(line).toContainText('Not signed in');
  await expect(line).toContainText('gcloud auth application-default login');
  await line.getByRole('button', { name: 'Check access' }).click();
  const access = page.getByRole('region', { name: 'Access to shop-prod' });
  await expect(access).toContainText('There are no credentials that work');
  await picture(page, info, 'no-credentials');

  await page.getByRole('button', { name: /^Target: local/ }).click();
  await page.getByRole('menuitemradio', { name: /shop-prod/ }).click();
  await expect(page.getByRole('button', { name: /^Target: shop-prod, prod/ })).toBeVisible();
  await frame.open('Overview');
  await expect(page.locator('body')).toContainText(/no Google credentials/);
  await picture(page, info, 'selected-without-credentials');
  await page.getByRole('button', { name: /^Target: shop-prod/ }).click();
  await page.getByRole('menuitemradio', { name: /local/ }).click();
  await frame.untilHealthy();
});

test('production types its name, and what is taken back in time sends nothing', async ({
  app,
  page,
}, info) => {
  const frame = new ConsoleFrame(page);
  const settings = new SettingsScreen(page);
  await frame.untilHealthy();
  await frame.open('Settings');
  await settings.setClass('local', 'Prod');
  await expect(page.getByRole('button', { name: /^Target: local, prod/ })).toBeVisible();

  await frame.open('Keys');
  const name = 'taken-back';
  await page.getByRole('button', { name: 'Create key…' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill(name);
  await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
  const typing = page.getByRole('dialog', { name: 'Create key on local?' });
  const confirm = typing.getByRole('button', { name: 'Create key' });
  await expect(confirm).toHaveAttribute('aria-disabled', 'true');
  await typing.getByLabel(/to confirm/).fill('local');
  await picture(page, info, 'type-the-name');
  await confirm.click();

  const countdown = page.getByRole('alertdialog', { name: 'Can still be taken back' });
  await expect(countdown).toContainText(`Create key ${name} on local in`);
  await picture(page, info, 'countdown');
  await countdown.getByRole('button', { name: 'Take back' }).click();
  await expect(countdown).toBeHidden();
  await expect(page.getByRole('dialog')).toContainText('nothing was sent');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('row').filter({ hasText: name })).toHaveCount(0);

  // A lower class takes confirmations away: the system's dialog asks, and no page can click it.
  await answerDialogs(app, 'yes');
  await frame.open('Settings');
  await settings.setClass('local', 'Dev');
  await expect(page.getByRole('button', { name: /^Target: local, dev/ })).toBeVisible();
});

test('a read-only target offers nothing to click', async ({ page }, info) => {
  const frame = new ConsoleFrame(page);
  const settings = new SettingsScreen(page);
  await frame.untilHealthy();
  await frame.open('Settings');
  await settings.setMode('local', 'Read-only');
  await expect(page.getByRole('button', { name: /^Target: local/ })).toContainText('read-only');
  await frame.open('Deployments');
  const deploy = page.getByRole('button', { name: 'Deploy…' });
  await expect(deploy).toHaveAttribute('title', /read-only/);
  // `force`: whoever clicks a button that says no.
  await deploy.click({ force: true });
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await picture(page, info, 'read-only');
  await frame.open('Settings');
  await settings.setMode('local', 'Normal');
  await expect(page.getByRole('button', { name: /^Target: local/ })).not.toContainText('read-only');
});

test.describe('without time to take a change back', () => {
  test.use({ cancelWindowMs: '0' });

  test('a protected target asks outside of the page, and a no sends nothing', async ({
    app,
    page,
  }, info) => {
    const frame = new ConsoleFrame(page);
    const settings = new SettingsScreen(page);
    const keys = new KeysScreen(page);
    await frame.untilHealthy();
    await frame.open('Settings');
    await settings.setMode('local', 'Protected');
    await expect(page.getByRole('button', { name: /^Target: local/ })).toContainText('protected');

    await frame.open('Keys');
    await answerDialogs(app, 'no');
    const refused = nextQuestion(app);
    await keys.askFor('asked-first');
    expect(await refused).toContain('Target: local');
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('The operator did not confirm; nothing was changed.');
    await picture(page, info, 'protected-refused');
    await answerDialogs(app, 'yes');
    const confirmed = nextQuestion(app);
    await dialog.getByRole('button', { name: 'Create key' }).click();
    expect(await confirmed).toContain('Create');
    await expect(page.getByLabel('Secret key')).toBeVisible();
    await keys.finishReveal();
    await expect(keys.row('asked-first')).toHaveCount(1);

    // Less protection is asked for outside too.
    await frame.open('Settings');
    await settings.setMode('local', 'Normal');
    await expect(page.getByRole('button', { name: /^Target: local/ })).not.toContainText(
      'protected',
    );
  });
});
