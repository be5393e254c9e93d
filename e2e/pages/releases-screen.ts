import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';

/** Both services as one: releases, and the gateway's backend. */
export class ReleasesScreen {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(): Promise<void> {
    await this.page.getByRole('radio', { name: 'Releases' }).click();
    await expect(this.list).toBeVisible();
  }

  get list(): Locator {
    return this.page.getByRole('region', { name: /^Releases/ });
  }

  /** The releases, newest first. */
  get rows(): Locator {
    return this.page.getByRole('table', { name: 'Releases' }).locator('tbody tr');
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  /** The last release or rollback of the stack. */
  progress(title: RegExp): Locator {
    return this.page.getByRole('region', { name: title });
  }

  get upstream(): Locator {
    return this.page.getByRole('region', { name: 'Backend of the gateway' });
  }

  /** Confirms the question that is open. */
  async confirm(button: string): Promise<void> {
    await this.dialog.getByRole('button', { name: button }).click();
    await expect(this.dialog).toBeHidden();
  }

  /** Opens the plan of the gateway's switch to another address. */
  async planSwitch(url: string): Promise<void> {
    await this.upstream.getByLabel('Another address').fill(url);
    await this.upstream.getByRole('button', { name: 'Switch…' }).click();
  }
}
