import type { Locator, Page } from '@playwright/test';

export class KeysScreen {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Asks for a key; whatever asks back is the caller's. */
  async askFor(name: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Create key…' }).first().click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('button', { name: 'Create key' }).click();
  }

  /** Creates a key and returns its secret, as an operator would copy it. */
  async create(name: string): Promise<string> {
    await this.askFor(name);
    return await this.page.getByLabel('Secret key').innerText();
  }

  /** Closes the dialog that shows the secret; from now on nobody can read it again. */
  async finishReveal(): Promise<void> {
    await this.page.getByRole('dialog').getByRole('button').last().click();
  }

  row(name: string): Locator {
    return this.page.getByRole('row').filter({ hasText: name });
  }

  async revoke(name: string): Promise<void> {
    await this.page
      .getByRole('button', { name: `Revoke ${name}…` })
      .first()
      .click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByLabel(/to confirm/).fill(name);
    await dialog.getByRole('button', { name: `Revoke ${name}` }).click();
  }
}
