import { useEffect, useRef, useState } from 'react';
import { followStream } from './follow-stream.ts';
import type { OpenStream } from './follow-stream.ts';

/** State of a stream whose values never pass through React. */
export interface LiveStream {
  readonly error: unknown;
  /** True once the first value came since the stream was last changed. */
  readonly hasValue: boolean;
}

/**
 * Follows a stream and hands each value to `onValue`, for pictures that are redrawn outside of React.
 * React renders only when the stream starts to work or to fail.
 *
 * @param key what identifies the stream; another key ends it and opens the new one
 */
export function useLiveStream<T>(
  key: string,
  open: OpenStream<T>,
  onValue: (value: T) => void,
): LiveStream {
  const latest = useRef({ open, onValue });
  useEffect(() => {
    latest.current = { open, onValue };
  });
  const [state, setState] = useState<LiveStream & { readonly key: string }>(() => quiet(key));
  useEffect(
    () =>
      followStream<T>((signal) => latest.current.open(signal), {
        value: (value) => {
          latest.current.onValue(value);
          setState((old) =>
            old.key === key && old.hasValue && old.error === null
              ? old
              : { key, error: null, hasValue: true },
          );
        },
        failure: (error) => {
          setState((old) => ({ key, error, hasValue: old.key === key && old.hasValue }));
        },
      }),
    [key],
  );
  return state.key === key ? state : quiet(key);
}

function quiet(key: string): LiveStream & { readonly key: string } {
  return { key, error: null, hasValue: false };
}
