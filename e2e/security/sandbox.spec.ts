import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { askMain, launchElectron } from '../fixtures/electron-app.ts';
import type { LocalStack } from '../fixtures/local-stack.ts';
import { startLocalStack } from '../fixtures/local-stack.ts';

test.describe('the page is shut in', () => {
  let stack: LocalStack;
  let app: Awaited<ReturnType<typeof launchElectron>>;

  test.beforeAll(async () => {
    stack = await startLocalStack();
    app = await launchElectron(stack.state, { OMNI_AUTO_DEPLOY: '0' });
    await app.firstWindow();
  });
  test.afterAll(async () => {
    await app.close();
    await stack.stop();
  });

  test('no Node, no bridge, its own origin', async () => {
    const page = await app.firstWindow();
    const seen = await page.evaluate(() => ({
      origin: location.origin,
      protocol: location.protocol,
      node: [typeof Reflect.get(window, 'require'), typeof Reflect.get(window, 'process')],
    }));
    expect(seen).toEqual({
      origin: 'app://console',
      protocol: 'app:',
      node: ['undefined', 'undefined'],
    });
  });

  test('every window is sandboxed and isolated', async () => {
    const preferences = await askMain(app, (mark) =>
      app.evaluate(({ BrowserWindow }, start) => {
        const found = BrowserWindow.getAllWindows().map((window) => {
          // The typings leave this getter out; it is what the window really runs with.
          const read: unknown = Reflect.get(window.webContents, 'getLastWebPreferences');
          const all: unknown = typeof read === 'function' ? read.call(window.webContents) : null;
          const of = (name: string): unknown =>
            typeof all === 'object' && all !== null ? Reflect.get(all, name) : undefined;
          return [of('sandbox'), of('contextIsolation'), of('nodeIntegration'), of('webSecurity')];
        });
        console.log(start + JSON.stringify(found));
      }, mark),
    );
    expect(preferences).toEqual([[true, true, false, true]]);
  });

  test('scripts, styles, frames and requests from elsewhere are refused', async () => {
    const page = await app.firstWindow();
    const broken = await page.evaluate(async () => {
      const directives: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => {
        directives.push(event.effectiveDirective);
      });
      const add = (tag: string, attributes: Record<string, string>): void => {
        const element = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
        document.body.append(element);
      };
      add('img', { src: 'https://example.com/a.png' });
      add('iframe', { src: 'https://example.com/' });
      add('link', { rel: 'stylesheet', href: 'https://example.com/a.css' });
      await fetch('http://127.0.0.1:9/').catch(() => null);
      const deadline = performance.now() + 5000;
      while (directives.length < 4 && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return directives.sort();
    });
    expect(broken).toEqual(['connect-src', 'frame-src', 'img-src', 'style-src-elem']);
  });

  test('paths outside the page and other windows do not open', async () => {
    const page = await app.firstWindow();
    const statuses = await page.evaluate(async () => {
      const paths = ['/..%2f..%2fpackage.json', '/%2e%2e/%2e%2e/package.json', '//etc/passwd'];
      const answers = await Promise.all(
        paths.map((path) =>
          fetch(`app://console${path}`).then(
            (a) => a.status,
            () => 0,
          ),
        ),
      );
      window.open('https://example.com/');
      return answers;
    });
    expect(statuses.filter((status) => status === 200)).toEqual([]);
    expect(app.windows()).toHaveLength(1);
  });

  test('the state folder and what holds a secret belong to the user alone', async () => {
    const { stat } = await import('node:fs/promises');
    const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
    expect(await mode(`${stack.state}/local-cloud.json`)).toBe(0o600);
    expect(await mode(`${stack.state}/secrets`)).toBe(0o700);
    const log = await readFile(`${stack.state}/logs/console.log`, 'utf8').catch(() => '');
    expect(log).not.toContain(stack.connection.token);
  });
});
