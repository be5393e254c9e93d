import type { Locator, Page } from '@playwright/test';

export class SettingsScreen {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The line of a target. */
  target(name: string): Locator {
    return this.page
      .getByRole('listitem')
      .filter({ has: this.page.getByText(name, { exact: true }) });
  }

  /** Adds a Cloud Run target that uses gcloud's own credentials. */
  async addTarget(name: string, project: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Add target…' }).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByLabel('Project id').fill(project);
    await dialog.getByRole('button', { name: 'Add target' }).click();
  }

  /** Opens what the local cloud says of itself. */
  async openDifferences(): Promise<Locator> {
    await this.page.getByRole('button', { name: 'What differs from Cloud Run…' }).click();
    return this.page.getByRole('dialog');
  }

  async setClass(target: string, targetClass: 'Dev' | 'Stage' | 'Prod'): Promise<void> {
    const choice = this.page.getByRole('radiogroup', { name: `Class of ${target}` });
    await choice.getByRole('radio', { name: targetClass }).click();
  }

  async setMode(target: string, mode: 'Normal' | 'Protected' | 'Read-only'): Promise<void> {
    const choice = this.page.getByRole('radiogroup', { name: `Mode of ${target}` });
    await choice.getByRole('radio', { name: mode }).click();
  }
}
