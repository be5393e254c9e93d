import '../../testing/native-dialog.ts';
import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ConsoleClient } from '../../api/client.ts';
import { createFakeClient } from '../../testing/fake-client.ts';
import { unreachable } from '../../testing/fake-error.ts';
import { renderConsole } from '../../testing/render-console.tsx';
import { matches, plainWords } from './difference-words.ts';
import { TargetsPanel } from './targets-panel.tsx';

afterEach(cleanup);

async function open(differences?: ConsoleClient['targets']['differences']): Promise<HTMLElement> {
  const targets = differences === undefined ? {} : { differences };
  renderConsole(<TargetsPanel />, { client: createFakeClient('full', { targets }) });
  const button = await screen.findByRole('button', { name: 'What differs from Cloud Run…' });
  await userEvent.setup().click(button);
  return screen.getByRole('dialog', { name: 'What differs from Cloud Run on local' });
}

describe('what differs from Cloud Run', () => {
  it('is a table of here and there, each with what shows it, and can be searched', async () => {
    const dialog = await open();
    const images = await within(dialog).findByRole('row', { name: /^images/ });
    expect(images.textContent).toContain('build/local-builds.test.ts');
    expect(within(images).getByText('local/NAME@sha256:...').tagName).toBe('CODE');
    const rest = within(dialog).getByRole('row', { name: /^REST/ });
    expect(rest.textContent).toContain('unverified');
    const user = userEvent.setup();
    await user.type(within(dialog).getByRole('searchbox'), 'oci');
    expect(within(dialog).queryByRole('row', { name: /^REST/ })).toBeNull();
    expect(within(dialog).getByRole('status').textContent).toMatch(/^1 of 2/);
    await user.type(within(dialog).getByRole('searchbox'), 'x');
    expect(within(dialog).getByText('Nothing differs in “ocix”')).toBeDefined();
  });

  it('says that it is being read, and when none is known', async () => {
    let answer: (none: []) => void = () => undefined;
    const dialog = await open(() => new Promise((resolve) => (answer = resolve)));
    expect(await within(dialog).findByLabelText('Reading the differences')).toBeDefined();
    answer([]);
    expect(await within(dialog).findByText('No difference is known')).toBeDefined();
  });

  it('says why it could not be read, and asks again', async () => {
    const differences = vi.fn(() => Promise.reject(unreachable));
    const dialog = await open(differences);
    expect(await within(dialog).findByText('The differences could not be read')).toBeDefined();
    await userEvent.setup().click(within(dialog).getByRole('button', { name: /again|retry/i }));
    await vi.waitFor(() => expect(differences.mock.calls.length).toBe(2));
  });

  it('sets as code what stands between backticks, and finds words in any order', () => {
    expect(plainWords('a `b` c')).toEqual([
      { words: 'a ', isCode: false },
      { words: 'b', isCode: true },
      { words: ' c', isCode: false },
    ]);
    const etag = { topic: 'etag', here: 'ABORTED', there: 'undocumented', test: null };
    expect(matches(etag, 'aborted ETAG')).toBe(true);
    expect(matches(etag, 'etag images')).toBe(false);
  });
});
