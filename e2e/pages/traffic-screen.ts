import type { Locator, Page } from '@playwright/test';

/** The split of a service, set by hand. */
export class TrafficScreen {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(service: 'Gateway' | 'Backend'): Promise<void> {
    await this.page.getByRole('radio', { name: 'Traffic' }).click();
    await this.page.getByRole('radio', { name: service }).click();
  }

  get panel(): Locator {
    return this.page.getByRole('region', { name: /^Traffic/ });
  }

  /** Gives a revision that is not in the split yet its share; the others keep the rest. */
  async share(revision: string, percent: number): Promise<void> {
    await this.panel.getByLabel('Add a revision').selectOption(revision);
    await this.panel.getByLabel(`Share of ${revision} in percent`).fill(String(percent));
  }

  /** Opens the plan of what was edited. */
  async plan(): Promise<Locator> {
    await this.panel.getByRole('button', { name: 'Review plan…' }).click();
    return this.page.getByRole('dialog');
  }
}
