import { act, cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import '../testing/native-dialog.ts';
import { FakeContractError } from '../testing/fake-error.ts';
import { Button } from './button.tsx';
import { ConfirmFooter } from './confirm-footer.tsx';
import { CopyButton } from './copy-button.tsx';
import { DataTable } from './data-table.tsx';
import { Dialog } from './dialog.tsx';
import { ErrorState, InlineError } from './error-state.tsx';
import { ChoiceChip, Menu } from './menu.tsx';
import { Segmented } from './segmented.tsx';
import { SkeletonLines } from './skeleton.tsx';
import { ToastRegion } from './toast-region.tsx';
import { dismissToast, readToasts, showToast } from './toast-store.ts';

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  for (const toast of readToasts()) dismissToast(toast.id);
});

describe('a button', () => {
  it('that can not be used stays focusable, says why and does nothing', async () => {
    const onClick = vi.fn();
    render(
      <Button refusal="The target is read-only." onClick={onClick}>
        Deploy…
      </Button>,
    );
    const button = screen.getByRole('button', { name: 'Deploy…' });
    await userEvent.click(button);
    expect(document.activeElement).toBe(button);
    expect([button.title, button.ariaDisabled]).toEqual(['The target is read-only.', 'true']);
    expect(onClick).not.toHaveBeenCalled();
  });

  it('calls once however often it is pressed while it is busy', async () => {
    const onClick = vi.fn();
    const view = render(<Button onClick={onClick}>Save</Button>);
    await userEvent.click(screen.getByRole('button'));
    view.rerender(
      <Button busy onClick={onClick}>
        Save
      </Button>,
    );
    await userEvent.dblClick(screen.getByRole('button'));
    expect(onClick).toHaveBeenCalledTimes(1);
  });
});

function Confirmation({ onConfirm }: { readonly onConfirm: () => void }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Revoke…
      </button>
      {isOpen && (
        <Dialog
          title="Revoke mobile-app?"
          onClose={() => setOpen(false)}
          footer={
            <ConfirmFooter
              confirm="Revoke mobile-app"
              cancel="Keep it"
              danger
              onConfirm={onConfirm}
              onCancel={() => setOpen(false)}
            />
          }
        />
      )}
    </>
  );
}

describe('a dialog', () => {
  it('starts on the way out, and gives the focus back when it closes', async () => {
    const user = userEvent.setup();
    const onConfirm = vi.fn();
    render(<Confirmation onConfirm={onConfirm} />);
    await user.click(screen.getByRole('button', { name: 'Revoke…' }));
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Keep it' }));
    await user.keyboard('{Enter}');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Revoke…' }));
    expect(onConfirm).not.toHaveBeenCalled();
  });

  it('closes with Escape', async () => {
    render(<Confirmation onConfirm={vi.fn()} />);
    await userEvent.click(screen.getByRole('button', { name: 'Revoke…' }));
    // The browser turns the key into `cancel`.
    act(() => {
      screen.getByRole('dialog').dispatchEvent(new Event('cancel', { cancelable: true }));
    });
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});

describe('a table', () => {
  it('is walked with arrows and chosen from with Enter', async () => {
    const user = userEvent.setup();
    const onSelect = vi.fn();
    render(
      <DataTable
        label="Letters"
        columns={[{ id: 'name', title: 'Name', cell: (row: string) => row }]}
        rows={['a', 'b', 'c']}
        rowKey={(row) => row}
        selectedKey="b"
        onSelect={onSelect}
      />,
    );
    await user.tab();
    expect(document.activeElement?.textContent).toBe('b');
    await user.keyboard('{ArrowDown}{Enter}{Home} ');
    expect(onSelect.mock.calls.map(([row]) => row as string)).toEqual(['c', 'a']);
  });
});

describe('choices', () => {
  it('of a segmented control move with arrows, around the ends', async () => {
    const onChange = vi.fn();
    const segments = [
      { value: '5m', label: '5 min' },
      { value: '1h', label: '1 h' },
    ];
    render(<Segmented label="Range" segments={segments} value="1h" onChange={onChange} />);
    await userEvent.tab();
    await userEvent.keyboard('{ArrowRight}');
    expect(onChange).toHaveBeenCalledWith('5m');
  });

  it('of a chip open on what is chosen and return the focus', async () => {
    const user = userEvent.setup();
    const onChange = vi.fn();
    const choices = [
      { value: '', label: 'all' },
      { value: '/v1/search', label: '/v1/search' },
    ];
    render(<ChoiceChip label="Route" choices={choices} value="" onChange={onChange} />);
    const chip = screen.getByRole('button', { name: 'Route: all' });
    await user.click(chip);
    expect(document.activeElement?.textContent).toBe('all');
    await user.keyboard('{ArrowDown}{Enter}');
    expect(onChange).toHaveBeenCalledWith('/v1/search');
    expect(document.activeElement).toBe(chip);
  });

  it('of a menu close with Escape and with a press elsewhere', async () => {
    const user = userEvent.setup();
    render(<Menu trigger="More" items={[{ id: 'x', label: 'One', onChoose: vi.fn() }]} />);
    const button = screen.getByRole('button', { name: 'More' });
    await user.click(button);
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('menu')).toBeNull();
    await user.click(button);
    await user.click(document.body);
    expect(screen.queryByRole('menu')).toBeNull();
  });
});

describe('notes', () => {
  it('leave by themselves, failures stay, and there are never more than four', () => {
    vi.useFakeTimers();
    render(<ToastRegion />);
    act(() => {
      showToast('bad', 'Copying was refused');
      showToast('bad', 'Copying was refused');
      for (const name of ['a', 'b', 'c']) showToast('ok', name);
    });
    expect(screen.getAllByRole('status')).toHaveLength(3);
    act(() => {
      showToast('ok', 'd');
    });
    expect(readToasts().map((toast) => toast.title)).toEqual(['a', 'b', 'c', 'd']);
    act(() => {
      showToast('bad', 'e');
      vi.advanceTimersByTime(4_100);
    });
    expect(readToasts().map((toast) => toast.title)).toEqual(['e']);
    expect(screen.getByRole('alert').textContent).toContain('e');
  });
});

describe('states', () => {
  it('draw a skeleton only after 150 ms', () => {
    vi.useFakeTimers();
    const { container } = render(<SkeletonLines />);
    expect(container.querySelectorAll('.skeleton')).toHaveLength(0);
    act(() => {
      vi.advanceTimersByTime(160);
    });
    expect(container.querySelectorAll('.skeleton')).toHaveLength(4);
  });

  it('of an error say what, why and what next, cut, with the details to copy', async () => {
    const user = userEvent.setup();
    const onRetry = vi.fn();
    const error = new FakeContractError('TARGET_UNREACHABLE', 'x'.repeat(400), 'Start it.');
    render(<ErrorState error={error} what="Keys could not be read" onRetry={onRetry} />);
    const shown = screen.getByRole('alert').textContent;
    expect(shown).toContain('Keys could not be read');
    expect(shown).toContain('The target does not answer');
    expect(shown).toContain('Start it.');
    expect(shown).not.toContain('x'.repeat(201));
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(onRetry).toHaveBeenCalled();
  });

  it.each([
    ['TARGET_UNREACHABLE', 'alert', 1],
    ['CANCELLED', 'status', 0],
  ] as const)('of %s in a form are an %s with %i button', (code, role, buttons) => {
    render(<InlineError error={new FakeContractError(code, 'Why.', 'What next.')} />);
    expect(screen.getByRole(role).textContent).toContain('Why. What next.');
    expect(screen.queryAllByRole('button')).toHaveLength(buttons);
  });

  it('of a copied text are said in its place', async () => {
    const user = userEvent.setup();
    render(<CopyButton text="curl" label="Copy as curl" />);
    await user.click(screen.getByRole('button', { name: 'Copy as curl' }));
    expect(await screen.findByRole('button', { name: 'Copied' })).toBeTruthy();
    expect(await navigator.clipboard.readText()).toBe('curl');
  });
});
