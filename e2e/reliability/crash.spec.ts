import { expect, test } from '@playwright/test';
import { askMain, launchElectron } from '../fixtures/electron-app.ts';
import { startLocalStack } from '../fixtures/local-stack.ts';
import { until } from '../fixtures/until.ts';

type App = Awaited<ReturnType<typeof launchElectron>>;

interface PageState {
  readonly pid: number;
  readonly url: string;
  readonly isCrashed: boolean;
  readonly isLoading: boolean;
}

/** How the window's page is, by the app: Playwright's own page object stays dead after a crash. */
async function pageState(app: App): Promise<PageState | null> {
  const state = await askMain(app, (mark) =>
    app.evaluate(({ BrowserWindow }, start) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const state = contents && {
        pid: contents.getOSProcessId(),
        url: contents.getURL(),
        isCrashed: contents.isCrashed(),
        isLoading: contents.isLoading(),
      };
      console.log(start + JSON.stringify(state ?? null));
    }, mark),
  );
  return state as PageState | null;
}

/** Process of the window's page once it is loaded, another one than `before`. */
async function loadedPage(app: App, before: number): Promise<number> {
  let last: PageState | null = null;
  const find = async (): Promise<number | null> => {
    last = await pageState(app);
    if (last === null || last.isCrashed || last.isLoading) return null;
    const isNew = last.pid !== 0 && last.pid !== before;
    return isNew && last.url.startsWith('app://console/') ? last.pid : null;
  };
  return await until('the page is loaded', 15_000, find).catch((cause: unknown) => {
    throw new Error(`the page was last seen as ${JSON.stringify(last)}`, { cause });
  });
}

test('a crashed page comes back by itself, with the console behind it alive', async () => {
  const stack = await startLocalStack();
  const app = await launchElectron(stack.state, { OMNI_AUTO_DEPLOY: '0' });
  await app.firstWindow();
  const before = await loadedPage(app, 0);
  process.kill(before, 'SIGKILL');
  expect(await loadedPage(app, before)).not.toBe(before);
  expect(app.process().exitCode).toBeNull();
  await app.close();
  await stack.stop();
});
