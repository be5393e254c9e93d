import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';

export class DeploymentsScreen {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get serving(): Locator {
    return this.page.getByRole('region', { name: 'Serving' });
  }

  /** Public address of the shown service. */
  async address(): Promise<string> {
    const text = this.serving.getByText(/^http:\/\//).first();
    return (await text.innerText()).trim();
  }

  /** Name of the revision that serves. */
  async servingRevision(): Promise<string> {
    return (
      await this.serving
        .getByText(/^[a-z]+-\d{5}-[a-z]{3}$/)
        .first()
        .innerText()
    ).trim();
  }

  get operation(): Locator {
    return this.page.getByRole('region', { name: 'Operation' });
  }

  /** The stages of the shown operation, each with its state in words. */
  get stages(): Locator {
    return this.operation.getByRole('list', { name: 'Stages' });
  }

  get log(): Locator {
    return this.operation.getByRole('log');
  }

  /** Shows another service. */
  async choose(service: 'Gateway' | 'Backend'): Promise<void> {
    await this.page.getByRole('radio', { name: service }).click();
    await expect(this.page.getByRole('radio', { name: service })).toBeChecked();
  }

  /** Opens the deploy dialog of the shown service. */
  async openDeploy(): Promise<Locator> {
    await this.page.getByRole('button', { name: 'Deploy…' }).click();
    return this.page.getByRole('dialog');
  }

  /** Lets the shown service follow its latest revision again and waits until that is proven. */
  async resumeLatest(): Promise<void> {
    await this.page.getByRole('button', { name: 'Resume latest…' }).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Resume latest' }).click();
    await expect(dialog).toBeHidden();
    await this.untilVerified(/gateway-/);
  }

  /** Deploys the shown service with one more literal variable. */
  async deployWith(name: string, value: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Deploy…' }).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Add variable' }).click();
    await dialog.getByLabel('Name of the new variable').fill(name);
    await dialog.getByLabel('Value of new variable').fill(value);
    await dialog.getByRole('button', { name: 'Review plan' }).click();
    await this.resumeIfPinned(dialog);
    await dialog.getByRole('button', { name: /^Deploy (gateway|backend)$/ }).click();
    await expect(dialog).toBeHidden();
  }

  /** Answers the question about a pin: an earlier story may have left one by a rollback. */
  async resumeIfPinned(dialog: Locator): Promise<void> {
    await expect(dialog.getByRole('table', { name: 'Planned changes' })).toBeVisible();
    const resume = dialog.getByRole('radio', { name: /^Resume latest/ });
    if (await resume.isVisible()) await resume.check();
  }

  /** Opens the roll-back dialog of a revision. */
  async planRollBack(revision: string): Promise<Locator> {
    await this.page.getByRole('button', { name: `Roll back to ${revision}…` }).click();
    return this.page.getByRole('dialog');
  }

  /**
   * Confirms the rollback and waits until the screen says that it was verified.
   *
   * @returns milliseconds from the click to that, by the page's own clock: Playwright's polling
   * would add up to a second.
   */
  async rollBack(revision: string): Promise<number> {
    const confirm = this.page
      .getByRole('dialog')
      .getByRole('button', { name: `Roll back to ${revision}` });
    await confirm.evaluate((button) => {
      button.addEventListener('click', () => performance.mark('e2e:confirmed'), { capture: true });
    });
    await confirm.click();
    const elapsed = await this.page.waitForFunction(
      (wanted) => {
        const outcomes = [...document.querySelectorAll('.outcome')];
        const isDone = outcomes.some(
          ({ textContent: text }) => text.includes(wanted) && text.includes('verified 20 of 20'),
        );
        const confirmed = performance.getEntriesByName('e2e:confirmed').at(-1)?.startTime;
        return isDone && confirmed !== undefined ? performance.now() - confirmed : null;
      },
      revision,
      { polling: 'raf', timeout: 15_000 },
    );
    return (await elapsed.jsonValue()) ?? Number.NaN;
  }

  /** Takes the rollback that has just ended back, and waits until that is proven. */
  async undoRollBack(): Promise<void> {
    await this.operation.getByRole('button', { name: 'Undo rollback' }).click();
    await expect(this.operation).toContainText('Undo rollback of');
    await this.untilVerified(/verified/);
  }

  /** The banner that says that traffic stays where it is. */
  get pinned(): Locator {
    return this.page.getByText('Traffic is pinned to');
  }

  /** Waits until the shown operation says that the public address was verified. */
  async untilVerified(revision: RegExp | string): Promise<void> {
    const outcome = this.operation.getByRole('status').filter({ hasText: revision });
    await expect(outcome).toContainText('verified 20 of 20', { timeout: 30_000 });
  }
}
