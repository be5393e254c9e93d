import { expect, test } from '@playwright/test';
import { askMain, launchElectron } from '../fixtures/electron-app.ts';
import { startLocalStack } from '../fixtures/local-stack.ts';
import { until } from '../fixtures/until.ts';

type App = Awaited<ReturnType<typeof launchElectron>>;

/** Process of the window's page once it is loaded; null while there is none. */
async function pageProcess(app: App): Promise<number | null> {
  const found = await askMain(app, (mark) =>
    app.evaluate(({ BrowserWindow }, start) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const there = contents && !contents.isCrashed() && !contents.isLoading();
      const isOurs = there && contents.getURL().startsWith('app://console/');
      console.log(start + JSON.stringify(isOurs ? contents.getOSProcessId() : null));
    }, mark),
  );
  return typeof found === 'number' ? found : null;
}

test('a crashed page comes back by itself, with the console behind it alive', async () => {
  const stack = await startLocalStack();
  const app = await launchElectron(stack.state, { OMNI_AUTO_DEPLOY: '0' });
  await app.firstWindow();
  const before = await until('the page is loaded', 15_000, () => pageProcess(app));
  process.kill(before, 'SIGKILL');

  // Playwright's own page object stays dead after a crash: the app is asked instead.
  const after = await until('the page is back', 10_000, async () => {
    const now = await pageProcess(app);
    return now === null || now === before || now === 0 ? null : now;
  });
  expect(after).not.toBe(before);
  expect(app.process().exitCode).toBeNull();
  await app.close();
  await stack.stop();
});
