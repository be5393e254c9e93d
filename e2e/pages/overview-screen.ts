import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';

export class OverviewScreen {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The card of one part in the health graph. */
  part(id: string): Locator {
    return this.page.locator(`[data-node="${id}"]`);
  }

  async sendSampleTraffic(on: boolean): Promise<void> {
    const toggle = this.page.getByRole('switch', { name: /Sample traffic/ });
    if ((await toggle.getAttribute('aria-checked')) !== String(on)) await toggle.click();
    await expect(toggle).toHaveAttribute('aria-checked', String(on));
  }

  /** Runs the end-to-end test and returns its dialog. */
  async test(): Promise<Locator> {
    await this.page.getByRole('button', { name: 'Test' }).click();
    return this.page.getByRole('dialog');
  }
}
