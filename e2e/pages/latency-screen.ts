import type { Locator, Page } from '@playwright/test';

export class LatencyScreen {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The newest values as text: what the picture says. */
  newest(title: string): Locator {
    const table = this.page.getByRole('table', { name: 'Newest values of the board' });
    return table.getByRole('row').filter({ hasText: title }).getByRole('cell');
  }

  route(name: string): Locator {
    return this.page.getByRole('row').filter({ hasText: name });
  }
}
