/**
 * Takes the pictures of docs/screens: the real app on a real local stack that has sample traffic,
 * keys, a deploy and a rollback behind it. Every screen, light and dark, in two sizes.
 *
 * `npm run screens [-- --settle SECONDS]`
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ElectronApplication, Page } from '@playwright/test';
import { afterTyping, deployOutcome, untilReady } from './fixtures/deployed-stack.ts';
import { launchElectron } from './fixtures/electron-app.ts';
import { ROOT, startLocalStack } from './fixtures/local-stack.ts';
import { withClient } from './fixtures/node-host-client.ts';
import { CanaryScreen } from './pages/canary-screen.ts';
import { ConsoleFrame } from './pages/console-frame.ts';
import { DeploymentsScreen } from './pages/deployments-screen.ts';
import { KeysScreen } from './pages/keys-screen.ts';
import { OverviewScreen } from './pages/overview-screen.ts';
import { SettingsScreen } from './pages/settings-screen.ts';

const OUT = join(ROOT, 'docs/screens');
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;
const SCREENS = ['Overview', 'Latency', 'Keys', 'Deployments', 'Activity', 'Settings'] as const;
const KEY_NAMES = ['mobile-app', 'partner-acme', 'batch-embeddings', 'staging-ci'] as const;

/** What an operator did before the pictures are taken. */
async function makeHistory(state: string): Promise<void> {
  await withClient(state, async (client) => {
    await untilReady(client);
    const limits = [120, 60, 2000, null];
    for (const [index, name] of KEY_NAMES.entries()) {
      const rateLimitPerMinute = limits[index] ?? null;
      await client.keys.create({ name, environment: 'live', expiresAt: null, rateLimitPerMinute });
    }
    const [first] = (await client.keys.list()).filter(({ name }) => name === 'staging-ci');
    if (first !== undefined) {
      const lost = { id: first.id, reason: 'laptop was lost' };
      await afterTyping(client, () => client.keys.revoke(lost));
    }
    await deployOutcome(client, {
      service: 'gateway',
      build: true,
      env: { RATE_LIMIT_PER_MINUTE: '6000' },
    });
    const env = { UPSTREAM_TIMEOUT_MS: 'soon' };
    await deployOutcome(client, { service: 'gateway', build: false, env });
    await deployOutcome(client, { service: 'backend', build: false, env: { LANES: '2' } });
  });
}

async function resize(app: ElectronApplication, size: (typeof SIZES)[number]): Promise<void> {
  await app.evaluate(({ BrowserWindow }, { width, height }) => {
    BrowserWindow.getAllWindows()[0]?.setContentSize(width, height);
  }, size);
}

class Camera {
  readonly #app: ElectronApplication;
  readonly #page: Page;

  constructor(app: ElectronApplication, page: Page) {
    this.#app = app;
    this.#page = page;
  }

  /** Takes what is shown, in both themes and sizes. */
  async take(name: string): Promise<void> {
    for (const size of SIZES) {
      await resize(this.#app, size);
      for (const colorScheme of ['light', 'dark'] as const) {
        await this.#page.emulateMedia({ colorScheme });
        // Live charts draw once a second: wait for one drawing in the new size and theme.
        await this.#page.waitForTimeout(1500);
        const file = `${name}-${colorScheme}-${size.width}x${size.height}.png`;
        await this.#page.screenshot({ path: join(OUT, file) });
      }
    }
    process.stdout.write(`  ${name}\n`);
  }
}

/** A canary of the backend half way up, judged on the sample traffic. */
async function takeCanary(page: Page, camera: Camera): Promise<void> {
  const canary = new CanaryScreen(page);
  await canary.open('Backend');
  const variable = { name: 'CANARY_NOTE', value: 'tokens cached' };
  await canary.start({ steps: '25, 50, 100', intervalSeconds: 15, minSamples: 20, variable });
  await canary.untilWord(/Watching at 50/);
  await camera.take('canary');
  await canary.untilWord(/Promoted/);
}

/** The folded part of a deploy, where secrets and instances are set; nothing is deployed. */
async function takeAdvanced(page: Page, camera: Camera): Promise<void> {
  const dialog = await new DeploymentsScreen(page).openDeploy();
  await dialog.getByText('Advanced').click();
  await dialog.getByRole('switch', { name: /^Public/ }).scrollIntoViewIfNeeded();
  await camera.take('deploy-advanced');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
}

async function takeDifferences(page: Page, camera: Camera): Promise<void> {
  const dialog = await new SettingsScreen(page).openDifferences();
  await dialog.getByRole('row').nth(1).waitFor();
  await camera.take('differences');
  await dialog.getByRole('button', { name: 'Close' }).click();
}

async function takeAll(app: ElectronApplication, settleSeconds: number): Promise<void> {
  const page = await app.firstWindow();
  const frame = new ConsoleFrame(page);
  const camera = new Camera(app, page);
  const deployments = new DeploymentsScreen(page);
  await frame.untilHealthy();
  await new OverviewScreen(page).sendSampleTraffic(true);
  await page.waitForTimeout(settleSeconds * 1000);
  await frame.open('Deployments');
  const serving = await deployments.servingRevision();
  await deployments.deployWith('RELEASE_NOTE', 'summary is cached');
  await deployments.untilVerified(/gateway-/);
  const dialog = await deployments.planRollBack(serving);
  await dialog.getByText('RELEASE_NOTE').waitFor();
  await camera.take('rollback');
  await deployments.rollBack(serving);
  await takeCanary(page, camera);
  await page.waitForTimeout(settleSeconds * 1000);
  for (const screen of SCREENS) {
    await frame.open(screen);
    if (screen === 'Latency') await page.getByText('5 min', { exact: true }).click();
    if (screen === 'Keys') await new KeysScreen(page).row('mobile-app').click();
    await camera.take(screen.toLowerCase());
    if (screen === 'Deployments') await takeAdvanced(page, camera);
    if (screen === 'Settings') await takeDifferences(page, camera);
  }
}

const { values } = parseArgs({ options: { settle: { type: 'string', default: '45' } } });
await mkdir(OUT, { recursive: true });
const stack = await startLocalStack({ gateway: 8081, backend: 8080 });
try {
  await makeHistory(stack.state);
  const app = await launchElectron(stack.state);
  await takeAll(app, Number(values.settle));
  await app.close();
} finally {
  await stack.stop();
}
