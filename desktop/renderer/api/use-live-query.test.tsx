import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import type { ReactElement, ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { retryDelayMs } from './follow-stream.ts';
import { useLiveQuery } from './use-live-query.ts';
import type { LiveSource } from './use-live-query.ts';

/** A stream that the test feeds, and that knows whether somebody still reads it. */
class Tap {
  opened = 0;
  reading = 0;
  private wake: ((value: number | Error) => void) | null = null;

  readonly watch = (signal: AbortSignal): Promise<AsyncIterable<number>> => {
    this.opened += 1;
    return Promise.resolve(this.read(signal));
  };

  give(value: number | Error): Promise<void> {
    this.wake?.(value);
    return Promise.resolve();
  }

  private async *read(signal: AbortSignal): AsyncGenerator<number> {
    this.reading += 1;
    try {
      while (!signal.aborted) {
        const value = await this.next(signal);
        if (value instanceof Error) throw value;
        if (value !== null) yield value;
      }
    } finally {
      this.reading -= 1;
    }
  }

  private next(signal: AbortSignal): Promise<number | Error | null> {
    return new Promise((resolve) => {
      this.wake = resolve;
      signal.addEventListener('abort', () => {
        resolve(null);
      });
    });
  }
}

let cache: QueryClient;
let hidden = false;

function wrapper({ children }: { readonly children: ReactNode }): ReactElement {
  return <QueryClientProvider client={cache}>{children}</QueryClientProvider>;
}

function setHidden(value: boolean): void {
  hidden = value;
  act(() => {
    document.dispatchEvent(new Event('visibilitychange'));
  });
}

beforeEach(() => {
  cache = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  hidden = false;
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden);
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe('a live value', () => {
  it('is read once, then follows the stream in the same cache entry', async () => {
    const tap = new Tap();
    const source: LiveSource<number> = {
      key: ['n'],
      read: () => Promise.resolve(1),
      watch: tap.watch,
    };
    const { result } = renderHook(() => useLiveQuery(source), { wrapper });
    expect(result.current.isPending).toBe(true);
    await waitFor(() => {
      expect(result.current.value).toBe(1);
    });
    await act(() => tap.give(2));
    await waitFor(() => {
      expect(result.current.value).toBe(2);
    });
    expect(cache.getQueryData(['n'])).toBe(2);
  });

  it('has one stream however many show it, and none when nobody does', async () => {
    const tap = new Tap();
    const source: LiveSource<number> = { key: ['n'], watch: tap.watch };
    const first = renderHook(() => useLiveQuery(source), { wrapper });
    const second = renderHook(() => useLiveQuery(source), { wrapper });
    await waitFor(() => {
      expect(tap.reading).toBe(1);
    });
    await act(() => tap.give(7));
    await waitFor(() => {
      expect([first.result.current.value, second.result.current.value]).toEqual([7, 7]);
    });
    first.unmount();
    expect(tap.reading).toBe(1);
    second.unmount();
    await waitFor(() => {
      expect(tap.reading).toBe(0);
    });
    expect(tap.opened).toBe(1);
  });

  it('keeps the old value beside the error and comes back by itself', async () => {
    const tap = new Tap();
    const source: LiveSource<number> = { key: ['n'], watch: tap.watch };
    const { result } = renderHook(() => useLiveQuery(source), { wrapper });
    await waitFor(() => {
      expect(tap.reading).toBe(1);
    });
    await act(() => tap.give(3));
    await act(() => tap.give(new Error('cut')));
    await waitFor(() => {
      expect(result.current).toMatchObject({ value: 3, error: new Error('cut') });
    });
    await waitFor(
      () => {
        expect(tap.opened).toBe(2);
      },
      { timeout: 3_000 },
    );
    await act(() => tap.give(4));
    await waitFor(() => {
      expect(result.current).toMatchObject({ value: 4, error: null });
    });
  });

  it('holds no stream while the window is hidden', async () => {
    const tap = new Tap();
    const source: LiveSource<number> = { key: ['n'], watch: tap.watch };
    renderHook(() => useLiveQuery(source), { wrapper });
    await waitFor(() => {
      expect(tap.reading).toBe(1);
    });
    setHidden(true);
    await waitFor(() => {
      expect(tap.reading).toBe(0);
    });
    setHidden(false);
    await waitFor(() => {
      expect(tap.reading).toBe(1);
    });
    expect(tap.opened).toBe(2);
  });

  it('is not asked for again after the last value there can be', async () => {
    vi.useFakeTimers();
    let opened = 0;
    const source: LiveSource<string> = {
      key: ['operation'],
      isLast: (state) => state === 'done',
      watch: () => {
        opened += 1;
        return Promise.resolve(
          (async function* () {
            yield* await Promise.resolve(['running', 'done']);
          })(),
        );
      },
    };
    renderHook(() => useLiveQuery(source), { wrapper });
    await act(() => vi.advanceTimersByTimeAsync(30_000));
    expect([opened, cache.getQueryData(['operation'])]).toEqual([1, 'done']);
    vi.useRealTimers();
  });

  it('backs off from half a second to ten', () => {
    expect([0, 1, 2, 3, 6, 60].map(retryDelayMs)).toEqual([500, 500, 1_000, 2_000, 10_000, 10_000]);
  });
});
