import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';

/** What a story wants of a canary; the rest of the form stays as it is offered. */
export interface CanaryOrder {
  readonly steps: string;
  readonly intervalSeconds: number;
  readonly minSamples: number;
  /** A literal variable of the new revision. */
  readonly variable: { readonly name: string; readonly value: string };
}

export class CanaryScreen {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the view of a service's canary. */
  async open(service: 'Gateway' | 'Backend'): Promise<void> {
    await this.page.getByRole('radio', { name: 'Canary' }).click();
    await this.page.getByRole('radio', { name: service }).click();
  }

  get panel(): Locator {
    return this.page.getByRole('region', { name: /^Canary/ }).first();
  }

  get gates(): Locator {
    return this.page.getByRole('region', { name: 'Gates' });
  }

  get evaluations(): Locator {
    return this.page.getByRole('table', { name: 'Evaluations' }).locator('tbody tr');
  }

  /** Latency limits are wide: what a story is about are steps, errors and silence. */
  async start(order: CanaryOrder): Promise<void> {
    await this.page.getByRole('button', { name: 'Start a canary…' }).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByRole('switch', { name: /^Build from/ }).click();
    await dialog.getByRole('button', { name: 'Add variable' }).click();
    await dialog.getByLabel('Name of the new variable').fill(order.variable.name);
    await dialog.getByLabel('Value of new variable').fill(order.variable.value);
    await dialog.getByLabel('Steps in percent').fill(order.steps);
    await dialog.getByLabel('Judge every (s)').fill(String(order.intervalSeconds));
    await dialog.getByLabel('Stay at a step (s)').fill(String(order.intervalSeconds));
    await dialog.getByLabel('Least requests of each').fill(String(order.minSamples));
    await dialog.getByLabel('p95 at most (× stable)').fill('10');
    await dialog.getByLabel('p99 at most (× stable)').fill('20');
    await dialog.getByRole('button', { name: 'Review plan' }).click();
    await dialog.getByRole('button', { name: 'Start canary' }).click();
    await expect(dialog).toBeHidden();
  }

  async untilWord(word: RegExp, timeoutMs = 90_000): Promise<void> {
    await expect(this.panel).toContainText(word, { timeout: timeoutMs });
  }
}
