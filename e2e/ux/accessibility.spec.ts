import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '../fixtures/console.ts';
import { ConsoleFrame } from '../pages/console-frame.ts';

const SCREENS = ['Overview', 'Latency', 'Keys', 'Deployments', 'Activity', 'Settings'] as const;
const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];

test('every screen passes the accessibility rules, light and dark', async ({ page }) => {
  const frame = new ConsoleFrame(page);
  await frame.untilHealthy();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const screen of SCREENS) {
      await frame.open(screen);
      // Electron has no second target for axe's default mode.
      const { violations } = await new AxeBuilder({ page })
        .setLegacyMode(true)
        .withTags(RULES)
        .analyze();
      const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(' ')}`,
      );
      expect(found, `${screen}, ${colorScheme}`).toEqual([]);
    }
  }
});

test('a folded sidebar keeps its names', async ({ page }, info) => {
  // Electron's window has its own least width; the page in a browser has any.
  await page.setViewportSize({ width: info.project.name === 'browser' ? 1024 : 1280, height: 800 });
  await new ConsoleFrame(page).untilHealthy();
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .withTags(RULES)
    .analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});

test('nothing scrolls sideways, from 1024 wide to 2560', async ({ page }, info) => {
  const frame = new ConsoleFrame(page);
  await frame.untilHealthy();
  for (const width of info.project.name === 'browser' ? [1024, 1280, 1920, 2560] : [1280]) {
    await page.setViewportSize({ width, height: 800 });
    for (const screen of SCREENS) {
      await frame.open(screen);
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(over, `${screen} at ${width}`).toBeLessThanOrEqual(0);
    }
  }
});

test('every screen is reached by keyboard', async ({ page }) => {
  await new ConsoleFrame(page).untilHealthy();
  for (const [key, screen] of [
    ['l', 'Latency'],
    ['k', 'Keys'],
    ['d', 'Deployments'],
    ['o', 'Overview'],
  ]) {
    await page.keyboard.press('g');
    await page.keyboard.press(key ?? '');
    await expect(page.getByRole('heading', { level: 1, name: screen ?? '' })).toBeVisible();
  }
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});
