import { expect, test } from '@playwright/test';
import { launchElectron } from '../fixtures/electron-app.ts';
import { startLocalStack } from '../fixtures/local-stack.ts';
import { until } from '../fixtures/until.ts';

type App = Awaited<ReturnType<typeof launchElectron>>;

/** What the window's page says of itself; null while there is no page to ask. */
async function pageState(app: App): Promise<string | null> {
  return await app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    if (contents === undefined || contents.isCrashed()) return null;
    const asked: unknown = await contents.executeJavaScript(
      '`${performance.timeOrigin} ${document.querySelector("h1")?.textContent ?? ""}`',
    );
    return typeof asked === 'string' ? asked : null;
  });
}

test('a crashed page comes back by itself, with the console behind it alive', async () => {
  const stack = await startLocalStack();
  const app = await launchElectron(stack.state, { OMNI_AUTO_DEPLOY: '0' });
  await app.firstWindow();
  const shown = async (): Promise<string | null> => {
    const state = await pageState(app);
    return state?.includes('Overview') === true ? state : null;
  };
  const before = await until('the page shows the Overview', 15_000, shown);
  const pid = app.process().pid;

  await app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
  });
  // Playwright's own page object stays dead after a crash: the app is asked instead.
  const after = await until('the page is back', 10_000, async () => {
    const state = await shown();
    return state === null || state === before ? null : state;
  });
  expect(after).toContain('Overview');
  expect(app.process().pid).toBe(pid);
  expect(app.process().exitCode).toBeNull();
  await app.close();
  await stack.stop();
});
