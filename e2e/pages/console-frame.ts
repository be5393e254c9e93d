import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';

type Screen = 'Overview' | 'Latency' | 'Keys' | 'Deployments' | 'Activity' | 'Settings';

/** What stands around every screen. */
export class ConsoleFrame {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(screen: Screen): Promise<void> {
    const screens = this.page.getByRole('navigation', { name: 'Screens' });
    await screens.getByRole('link', { name: screen }).click();
    await expect(this.page.getByRole('heading', { level: 1, name: screen })).toBeVisible();
  }

  /** Waits until every part of the stack is fine; the first start deploys it meanwhile. */
  async untilHealthy(timeoutMs = 60_000): Promise<void> {
    await expect(this.stackState).toHaveText(/All healthy/, { timeout: timeoutMs });
  }

  /** The pill in the topbar that sums the stack up. */
  get stackState(): Locator {
    return this.page.getByRole('banner').locator('.pill').first();
  }
}
